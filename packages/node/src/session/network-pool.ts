import type { CancelSignal } from "@dinoseg/core/engine";
import { checkInteger, checkLength, DinosegError } from "@dinoseg/core/errors";
import type { PlaceInputs } from "@dinoseg/core/model";
import { checkDevice, DEFAULT_DEVICE } from "./device.ts";
import { type NetworkWorker, openNetworkWorker } from "./network-worker.ts";
import type { RunOutput, RunRequest } from "./protocol.ts";

export interface NetworkPoolOptions {
	/** An ONNX model as `buildNetworkGraph` of `@dinoseg/core` makes it. */
	readonly graph: Uint8Array;
	/** Folder of the files that the graph's weights lie in: a real path, no link. */
	readonly folder: string;
	/** Most sessions at once; each holds the weights and computes one run. @default 1 */
	readonly sessions?: number;
	/** Threads that compute in each session. */
	readonly threadsPerSession: number;
	/** Execution provider of onnxruntime. @default "cpu" */
	readonly device?: string;
	/** As `NetworkWorkerOptions.exitState`. */
	readonly exitState?: SharedArrayBuffer | undefined;
}

export interface NetworkRun {
	/** Shape (batch, 3, height, width), normalised. Its memory is given away: the array is empty afterwards. */
	readonly pixels: Float32Array;
	readonly shape: readonly [batch: number, channels: 3, height: number, width: number];
	/** The network's other inputs, see `placeInputs` of `@dinoseg/core`. Copied. */
	readonly places: PlaceInputs;
	/** Aborting drops the result; what already runs goes on to its end in the background. */
	readonly signal?: CancelSignal | undefined;
}

/** A network in one or several threads of its own. */
export interface NetworkPool {
	/** Sessions that are open now. */
	readonly size: number;
	/**
	 * The tokens and norms of some pictures. Runs start in their order; the result does not depend on the number of
	 * sessions or threads.
	 *
	 * @throws DinosegError ABORTED, DISPOSED, SHAPE_MISMATCH, MODEL_RUN_FAILED
	 */
	run(request: NetworkRun): Promise<RunOutput>;
	/** Finish the runs in flight, refuse those that wait (DISPOSED), free the network and end the threads. */
	close(): Promise<void>;
}

/** A run that waits for a session. */
interface WaitingRun {
	readonly request: RunRequest;
	resolve(output: RunOutput): void;
	reject(error: DinosegError): void;
}

const THREAD_BOUNDS = { min: 1, max: 1024 };

/**
 * Load a network. One session is opened at once, and another one whenever a run finds all of them busy.
 *
 * If a further session cannot be opened, the pool goes on with those that it has.
 *
 * @throws DinosegError OPTION_INVALID, MODEL_RUN_FAILED
 */
export async function createNetworkPool(options: NetworkPoolOptions): Promise<NetworkPool> {
	const { graph, folder, sessions = 1, threadsPerSession, device = DEFAULT_DEVICE, exitState } = options;
	checkInteger("createNetworkPool", "sessions", sessions, THREAD_BOUNDS);
	checkInteger("createNetworkPool", "threadsPerSession", threadsPerSession, THREAD_BOUNDS);
	await checkDevice(device);
	const open = () => openNetworkWorker({ graph, folder, threads: threadsPerSession, device, exitState });
	return new WorkerPool(await open(), open, sessions);
}

class WorkerPool implements NetworkPool {
	readonly #open: () => Promise<NetworkWorker>;
	readonly #idle: NetworkWorker[];
	readonly #all: Set<NetworkWorker>;
	readonly #waiting: WaitingRun[] = [];
	/** Sessions that there may be. */
	#limit: number;
	#opening: Promise<void> | undefined;
	/** Why no more runs are taken. */
	#ended: DinosegError | undefined;
	#closed: Promise<void> | undefined;

	constructor(first: NetworkWorker, open: () => Promise<NetworkWorker>, limit: number) {
		this.#open = open;
		this.#idle = [first];
		this.#all = new Set([first]);
		this.#limit = limit;
	}

	get size(): number {
		return this.#all.size;
	}

	async run({ pixels, shape, places, signal }: NetworkRun): Promise<RunOutput> {
		checkLength("NetworkPool.run", "pixels (batch, 3, height, width)", pixels, ...shape);
		if (this.#ended !== undefined) {
			throw this.#ended;
		}
		if (signal?.aborted) {
			throw aborted(signal);
		}
		// Only a whole buffer can be given away.
		const whole = pixels.buffer instanceof ArrayBuffer && pixels.byteLength === pixels.buffer.byteLength;
		const request: RunRequest = { type: "run", pixels: whole ? pixels : pixels.slice(), shape, places };
		return new Promise((resolve, reject) => {
			const finish = () => signal?.removeEventListener("abort", abort);
			const waiting: WaitingRun = {
				request,
				resolve: (output) => {
					finish();
					resolve(output);
				},
				reject: (error) => {
					finish();
					reject(error);
				},
			};
			const abort = (): void => {
				const index = this.#waiting.indexOf(waiting);
				if (index >= 0) {
					this.#waiting.splice(index, 1);
				}
				waiting.reject(aborted(signal));
			};
			signal?.addEventListener("abort", abort, { once: true });
			this.#waiting.push(waiting);
			this.#next();
		});
	}

	close(): Promise<void> {
		this.#closed ??= this.#close();
		return this.#closed;
	}

	async #close(): Promise<void> {
		this.#ended ??= new DinosegError("DISPOSED", "NetworkPool.run: the network is closed. Create another one.");
		for (const waiting of this.#waiting.splice(0)) {
			waiting.reject(this.#ended);
		}
		await this.#opening;
		await Promise.all([...this.#all].map((worker) => worker.close()));
	}

	#next(): void {
		while (this.#waiting.length > 0 && this.#idle.length > 0) {
			void this.#compute(this.#idle.pop() as NetworkWorker, this.#waiting.shift() as WaitingRun);
		}
		if (this.#waiting.length > 0 && this.#all.size < this.#limit) {
			this.#opening ??= this.#grow();
		}
	}

	async #compute(worker: NetworkWorker, { request, resolve, reject }: WaitingRun): Promise<void> {
		try {
			resolve(await worker.run(request));
		} catch (error) {
			reject(error as DinosegError);
		}
		if (worker.ended === undefined) {
			this.#idle.push(worker);
		} else {
			this.#remove(worker, worker.ended);
		}
		this.#next();
	}

	/** A session whose thread has died takes no more runs; the last one takes the pool with it. */
	#remove(worker: NetworkWorker, reason: DinosegError): void {
		this.#all.delete(worker);
		this.#limit = this.#all.size;
		if (this.#limit === 0) {
			this.#ended ??= reason;
			for (const waiting of this.#waiting.splice(0)) {
				waiting.reject(reason);
			}
		}
	}

	async #grow(): Promise<void> {
		try {
			const worker = await this.#open();
			this.#all.add(worker);
			this.#idle.push(worker);
		} catch {
			this.#limit = this.#all.size;
		}
		this.#opening = undefined;
		if (this.#ended === undefined) {
			this.#next();
		}
	}
}

function aborted(signal: CancelSignal | undefined): DinosegError {
	return new DinosegError("ABORTED", "The run was stopped before the network had finished.", {
		cause: signal?.reason,
	});
}
