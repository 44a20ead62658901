import { DinosegError, errorFromJson } from "@dinoseg/core/errors";
import type { RpcCall, RpcEndpoint, RpcReply, RpcRequest } from "./protocol.ts";

/** The methods of an object in another thread: each takes what the method takes but its last argument, then a call. */
export interface RpcClient<Methods, Event> {
	call<K extends keyof Methods>(
		method: K,
		args: CallArguments<Methods[K], Event>,
		call?: RpcCall<Event>,
	): CallResult<Methods[K]>;
	/** End every call that is not answered. */
	fail(error: Error): void;
}

/** The arguments of a method before the last one. */
export type CallArguments<Method, Event> = Method extends (...args: [...infer Own, RpcCall<Event>]) => unknown
	? Own
	: never;
type CallResult<Method> = Method extends (...args: never[]) => infer Result ? Result : never;

interface Pending {
	resolve(value: unknown): void;
	reject(error: Error): void;
	onEvent(event: unknown): void;
}

/** Call the methods of what another thread serves by `serveRpc`. Errors come back with their code. */
export function callRpc<Methods, Event>(endpoint: RpcEndpoint): RpcClient<Methods, Event> {
	const pending = new Map<number, Pending>();
	let last = 0;

	endpoint.addEventListener("message", ({ data }: MessageEvent<RpcReply>) => {
		const waiting = pending.get(data.id);
		if (data.type === "event") {
			waiting?.onEvent(data.event);
			return;
		}
		pending.delete(data.id);
		if (data.type === "done") {
			waiting?.resolve(data.value);
		} else {
			waiting?.reject(errorFromJson(data.error));
		}
	});

	const send = (request: RpcRequest): void => endpoint.postMessage(request, []);

	return {
		call(method, args, { signal, onEvent = () => undefined } = {}) {
			const id = ++last;
			const answer = new Promise<unknown>((resolve, reject) => {
				if (signal?.aborted) {
					reject(new DinosegError("ABORTED", "The call was cancelled before it began."));
					return;
				}
				pending.set(id, { resolve, reject, onEvent: onEvent as Pending["onEvent"] });
				send({ type: "call", id, method: String(method), args });
				signal?.addEventListener("abort", () => send({ type: "cancel", id }), { once: true });
			});
			return answer as never;
		},
		fail(error) {
			for (const { reject } of pending.values()) {
				reject(error);
			}
			pending.clear();
		},
	};
}
