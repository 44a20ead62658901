import { DinosegError } from "@dinoseg/core/errors";
import type { SessionApi, SessionEvent } from "../session/session-api.ts";
import { callRpc, type RpcClient } from "../worker/call-rpc.ts";
import type { RpcEndpoint } from "../worker/protocol.ts";

/** The session of this page, in a worker. */
export interface SessionClient extends RpcClient<SessionApi, SessionEvent> {
	close(): void;
}

/**
 * Start the worker.
 *
 * @param onCrash is called once if it ends of itself; its calls fail then.
 */
export function startSession(onCrash: () => void): SessionClient {
	const worker = new Worker(new URL("../worker/session.worker.ts", import.meta.url), { type: "module" });
	const client = callRpc<SessionApi, SessionEvent>(worker as unknown as RpcEndpoint);
	worker.addEventListener(
		"error",
		(event) => {
			event.preventDefault();
			worker.terminate();
			client.fail(new DinosegError("INTERNAL", "The part of the page that computes has stopped."));
			onCrash();
		},
		{ once: true },
	);
	return { ...client, close: () => worker.terminate() };
}
