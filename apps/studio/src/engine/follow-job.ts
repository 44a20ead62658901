import { createParser } from "eventsource-parser";
import { errorOfProblem, unreachable } from "./service-call.ts";

/** What is heard of a job. */
export type JobListener = (event: { readonly type: string; readonly data: unknown }) => void;

/**
 * Listen to a job of the service until it ends.
 *
 * @param address of its events.
 * @throws DinosegError SERVICE_UNREACHABLE, ABORTED; of the service
 */
export async function followJob(
	address: string,
	headers: HeadersInit,
	listen: JobListener,
	signal: AbortSignal,
): Promise<void> {
	try {
		const response = await fetch(address, { headers, signal });
		if (!response.ok || response.body === null) {
			throw errorOfProblem(await response.json().catch(() => undefined), response.status);
		}
		const parser = createParser({
			onEvent: ({ event, data }) => listen({ type: event ?? "message", data: JSON.parse(data) }),
		});
		const decoder = new TextDecoder();
		const reader = response.body.getReader();
		for (let read = await reader.read(); !read.done; read = await reader.read()) {
			parser.feed(decoder.decode(read.value, { stream: true }));
		}
	} catch (error) {
		throw error instanceof TypeError || signal.aborted ? unreachable(error, signal) : error;
	}
}
