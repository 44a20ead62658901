import { createNetworkPool, type NetworkPool } from "./network-pool.ts";

export interface NetworkSessionOptions {
	/** An ONNX model as `buildNetworkGraph` of `@dinoseg/core` makes it. */
	readonly graph: Uint8Array;
	/** Folder of the files that the graph's weights lie in: a real path, no link. */
	readonly folder: string;
	/** Threads that compute. */
	readonly threads: number;
	/** Execution provider of onnxruntime. @default "cpu" */
	readonly device?: string;
}

/** A network in a thread of its own: runs wait for each other, in their order. */
export type NetworkSession = Pick<NetworkPool, "run" | "close">;

/**
 * Load a network in a worker thread: a pool of one.
 *
 * @throws DinosegError OPTION_INVALID, MODEL_RUN_FAILED
 */
export function createNetworkSession(options: NetworkSessionOptions): Promise<NetworkSession> {
	const { threads, ...rest } = options;
	return createNetworkPool({ ...rest, sessions: 1, threadsPerSession: threads });
}
