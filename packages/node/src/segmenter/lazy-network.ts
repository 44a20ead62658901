import { performance } from "node:perf_hooks";
import { buildNetworkGraph, DinosegError } from "@dinoseg/core";
import type { LoadedCheckpoint } from "../model/index.ts";
import { createNetworkSession, type NetworkSession } from "../session/index.ts";

/** A network that is loaded when it is first needed: pictures with cached tokens never wait for it. */
export interface LazyNetwork {
	/** The session, and how long getting it ready took now: 0 if it was. */
	open(): Promise<{ session: NetworkSession; loadMs: number }>;
	/** Wait for the run in progress and free the network. */
	close(): Promise<void>;
}

/** @param threads threads inside one run. */
export function createLazyNetwork(checkpoint: LoadedCheckpoint, threads: number): LazyNetwork {
	let opening: Promise<NetworkSession> | undefined;
	let isClosed = false;
	return {
		async open() {
			if (isClosed) {
				throw new DinosegError("DISPOSED", "This segmenter was disposed. Create a new one.");
			}
			const start = performance.now();
			const isNew = opening === undefined;
			opening ??= createNetworkSession({
				graph: buildNetworkGraph(checkpoint),
				folder: checkpoint.folder,
				threads,
			});
			const session = await opening;
			return { session, loadMs: isNew ? performance.now() - start : 0 };
		},
		async close() {
			isClosed = true;
			const session = await opening?.catch(() => undefined);
			await session?.close();
		},
	};
}
