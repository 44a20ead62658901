import { errorToJson } from "@dinoseg/core/errors";
import type { RpcCall, RpcEndpoint, RpcReply, RpcRequest } from "./protocol.ts";

/** Buffers that go to the other thread with a value, instead of a copy. */
const moved = new WeakMap<object, Transferable[]>();

/** Say that a value takes these arrays with it: nothing else may use them. */
export function moving<T extends object>(value: T, arrays: readonly ArrayBufferView[]): T {
	moved.set(value, [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]);
	return value;
}

/**
 * Answer calls of methods. Each gets the arguments that were sent, then how it is followed.
 *
 * @param methods what can be called.
 */
export function serveRpc(endpoint: RpcEndpoint, methods: object): void {
	const running = new Map<number, AbortController>();
	const reply = (message: RpcReply, transfer: Transferable[] = []): void => endpoint.postMessage(message, transfer);

	const answer = async (id: number, method: string, args: readonly unknown[]): Promise<void> => {
		const controller = new AbortController();
		running.set(id, controller);
		const call: RpcCall<unknown> = {
			signal: controller.signal,
			onEvent: (event) => reply({ type: "event", id, event }),
		};
		try {
			const made = await (methods as Record<string, (...args: unknown[]) => unknown>)[method](...args, call);
			reply({ type: "done", id, value: made }, (typeof made === "object" && made !== null && moved.get(made)) || []);
		} catch (error) {
			reply({ type: "failed", id, error: errorToJson(error) });
		} finally {
			running.delete(id);
		}
	};

	endpoint.addEventListener("message", ({ data }: MessageEvent<RpcRequest>) => {
		if (data.type === "cancel") {
			running.get(data.id)?.abort();
		} else {
			void answer(data.id, data.method, data.args);
		}
	});
}
