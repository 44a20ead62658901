import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll } from "vitest";

/** The worker threads that this process has started. */
export interface LiveWorkers {
	/** How many were started since the tests began. */
	readonly started: number;
	/** How many have not ended. */
	readonly live: number;
	/** Until all have ended. */
	allEnded(): Promise<void>;
}

/** Know of every worker thread that is started during the tests of a file. */
export function useLiveWorkers(): LiveWorkers {
	const live = new Set<Worker>();
	let started = 0;
	const notice = (worker: Worker) => {
		started++;
		live.add(worker);
		worker.once("exit", () => live.delete(worker));
	};
	beforeAll(() => void process.on("worker", notice));
	afterAll(() => void process.off("worker", notice));
	return {
		get started() {
			return started;
		},
		get live() {
			return live.size;
		},
		async allEnded() {
			await Promise.all([...live].map((worker) => once(worker, "exit")));
		},
	};
}
