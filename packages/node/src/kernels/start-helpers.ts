import { Worker } from "node:worker_threads";
import { type HelperThread, supportsSimd } from "@dinoseg/kernels";

/** Threads that help the kernels: see `loadKernels`. */
export interface KernelHelpers {
	/** For `loadKernels`. They may be used at once: what they are too late for is done without them. */
	readonly threads: readonly HelperThread[];
	/** End the threads. Not while a kernel runs, which only another thread could do. */
	stop(): Promise<void>;
}

/**
 * Start threads that take over parts of large products and eigenproblems. They do not keep the process alive. None are
 * started where the SIMD build does not run.
 *
 * @param count at least 0.
 */
export function startKernelHelpers(count: number): KernelHelpers {
	const workers = Array.from({ length: supportsSimd() ? count : 0 }, () => {
		// Some flags of the main thread, such as --input-type, are refused by a thread that runs a file.
		const worker = new Worker(new URL("./helper.js", import.meta.url), { execArgv: [] });
		// A thread that cannot start, or ends, takes no work: there is nothing to tell.
		worker.on("error", () => {});
		worker.unref();
		return worker;
	});
	return {
		threads: workers,
		async stop() {
			await Promise.all(workers.map((worker) => worker.terminate()));
		},
	};
}
