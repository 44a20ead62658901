import { DinosegError, type ErrorCode } from "@dinoseg/core/errors";
import type { components } from "@dinoseg/server/client";
import type { EngineCall } from "./engine.ts";

type Problem = components["schemas"]["Problem"];

/** What the client of the service answers. */
interface Answer<T> {
	readonly data?: T | undefined;
	readonly error?: unknown;
	readonly response: Response;
}

/** Times that a busy service is asked again. */
const TRIES = 30;
/** Until a busy service that does not say when is asked again, milliseconds. */
const WAIT_MS = 1000;

/**
 * Ask the service, again where it is busy.
 *
 * @throws DinosegError with the code of its problem; SERVICE_UNREACHABLE, ABORTED
 */
export async function askService<T>(
	{ signal }: EngineCall,
	ask: () => Promise<Answer<T>>,
): Promise<Answer<T> & { readonly data: T }> {
	for (let tries = 1; ; tries++) {
		const answer = await ask().catch((cause: unknown) => {
			throw unreachable(cause, signal);
		});
		const { data, error, response } = answer;
		if (response.ok && data !== undefined) {
			return { ...answer, data };
		}
		if (response.status !== 503 || tries === TRIES) {
			throw errorOfProblem(error, response.status);
		}
		await wait(Number(response.headers.get("retry-after") ?? Number.NaN) * 1000 || WAIT_MS, signal);
	}
}

/** The error that a problem document tells of. */
export function errorOfProblem(problem: unknown, status: number): DinosegError {
	const { code, detail } = (typeof problem === "object" && problem !== null ? problem : {}) as Partial<Problem>;
	return typeof code === "string" && typeof detail === "string"
		? new DinosegError(code as ErrorCode, detail)
		: new DinosegError("SERVICE_UNREACHABLE", `The service answered ${status} without saying why. Look at its log.`);
}

/** What a request ends with that got no answer. */
export function unreachable(cause: unknown, signal: AbortSignal | undefined): DinosegError {
	return signal?.aborted
		? new DinosegError("ABORTED", "It was cancelled.", { cause })
		: new DinosegError(
				"SERVICE_UNREACHABLE",
				"The service does not answer. Start it again with `dinoseg serve`, or look at the network; nothing is lost.",
				{ cause },
			);
}

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		const stop = (): void => {
			clearTimeout(timer);
			reject(unreachable(undefined, signal));
		};
		const timer = setTimeout(() => {
			signal?.removeEventListener("abort", stop);
			resolve();
		}, milliseconds);
		signal?.addEventListener("abort", stop, { once: true });
	});
}
