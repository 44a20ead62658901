/** What the page and its worker say to each other. */
import type { ErrorJson } from "@dinoseg/core/errors";

/** A call of a method, or the wish that one ends. */
export type RpcRequest =
	| { readonly type: "call"; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
	| { readonly type: "cancel"; readonly id: number };

/** What a call tells while it runs, and how it ends. */
export type RpcReply =
	| { readonly type: "event"; readonly id: number; readonly event: unknown }
	| { readonly type: "done"; readonly id: number; readonly value: unknown }
	| { readonly type: "failed"; readonly id: number; readonly error: ErrorJson };

/** The part of a `Worker`, and of its own global scope, that messages go through. */
export interface RpcEndpoint {
	postMessage(message: unknown, transfer: Transferable[]): void;
	addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** How a call is followed and ended. */
export interface RpcCall<Event> {
	readonly signal?: AbortSignal | undefined;
	readonly onEvent?: ((event: Event) => void) | undefined;
}
