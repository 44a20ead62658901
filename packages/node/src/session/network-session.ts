import { Worker } from "node:worker_threads";
import { checkInteger, checkLength, DinosegError, NETWORK_INPUTS, NETWORK_OUTPUTS } from "@dinoseg/core";
import { guardExit, unguardExit } from "./exit-guard.ts";
import type { WorkerReply, WorkerRequest, WorkerSetup } from "./protocol.ts";

export interface NetworkSessionOptions {
	/** An ONNX model as `buildNetworkGraph` of `@dinoseg/core` makes it. */
	readonly graph: Uint8Array;
	/** Folder of the files that the graph's weights lie in: a real path, no link. */
	readonly folder: string;
	/** Threads that compute. */
	readonly threads: number;
}

export interface NetworkRun {
	/** Shape (batch, 3, height, width), normalised. Its memory is given away: the array is empty afterwards. */
	readonly pixels: Float32Array;
	readonly shape: readonly [batch: number, channels: 3, height: number, width: number];
	/** Shape (patches, hidden). Copied. */
	readonly positions: Float32Array;
	/** Aborting drops the result; what already runs goes on to its end in the background. */
	readonly signal?: AbortSignal | undefined;
}

/** A network in a thread of its own. */
export interface NetworkSession {
	/**
	 * The tokens of some pictures, shape (batch, patches, hidden). Runs wait for each other, in their order.
	 *
	 * @throws DinosegError ABORTED, DISPOSED, SHAPE_MISMATCH, MODEL_RUN_FAILED
	 */
	run(request: NetworkRun): Promise<Float32Array>;
	/** Finish the run in flight, refuse those that wait (DISPOSED), free the network and end the thread. */
	close(): Promise<void>;
}

/** A run that was asked for and not answered. */
interface PendingRun {
	readonly request: WorkerRequest & { type: "run" };
	resolve(tokens: Float32Array): void;
	reject(error: DinosegError): void;
}

const THREAD_BOUNDS = { min: 1, max: 1024 };

/**
 * Load a network in a worker thread.
 *
 * The thread does not keep the process alive while it has nothing to do. It is never terminated: a run that nobody
 * waits for goes on to its end, and keeps the process alive until then.
 *
 * @throws DinosegError OPTION_INVALID, MODEL_RUN_FAILED
 */
export async function createNetworkSession(options: NetworkSessionOptions): Promise<NetworkSession> {
	const { graph, folder, threads } = options;
	checkInteger("createNetworkSession", "threads", threads, THREAD_BOUNDS);
	const unfinished = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
	const counter = new Int32Array(unfinished);
	Atomics.add(counter, 0, 1);
	const names = { ...NETWORK_INPUTS, ...NETWORK_OUTPUTS };
	const workerData: WorkerSetup = { graph, folder, threads, names, unfinished };
	// Some flags of the main thread, such as --input-type, are refused by a thread that runs a file.
	const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData, execArgv: [] });
	guardExit(counter);
	worker.once("exit", () => unguardExit(counter));
	const opening = await firstReply(worker);
	if (opening.type === "failed") {
		throw new DinosegError(
			"MODEL_RUN_FAILED",
			`${folder}: onnxruntime could not load the network (${opening.reason}). ` +
				"Check that the checkpoint is complete and did not change meanwhile, and that there is memory for it.",
			{ details: { folder } },
		);
	}
	return new WorkerSession(worker, counter);
}

/** The answer to the worker's start, whatever becomes of it. */
function firstReply(worker: Worker): Promise<WorkerReply> {
	return new Promise((resolve) => {
		const settle = (reply: WorkerReply): void => {
			worker.off("message", settle).off("error", onError).off("exit", onExit);
			resolve(reply);
		};
		const onError = (error: Error): void => settle({ type: "failed", reason: error.message });
		const onExit = (code: number): void => settle({ type: "failed", reason: `its thread ended with code ${code}` });
		worker.on("message", settle).on("error", onError).on("exit", onExit);
	});
}

class WorkerSession implements NetworkSession {
	readonly #worker: Worker;
	readonly #unfinished: Int32Array;
	readonly #waiting: PendingRun[] = [];
	#running: PendingRun | undefined;
	/** Why no more runs are taken. */
	#ended: DinosegError | undefined;
	#closed: Promise<void> | undefined;

	constructor(worker: Worker, unfinished: Int32Array) {
		this.#worker = worker;
		this.#unfinished = unfinished;
		worker.on("message", (reply: WorkerReply) => this.#settle(reply));
		worker.on("error", (error) => this.#breakDown(`its thread failed: ${error.message}`));
		worker.on("exit", (code) => this.#breakDown(`its thread ended with code ${code}`));
		this.#rest();
	}

	async run({ pixels, shape, positions, signal }: NetworkRun): Promise<Float32Array> {
		checkLength("NetworkSession.run", "pixels (batch, 3, height, width)", pixels, ...shape);
		if (this.#ended !== undefined) {
			throw this.#ended;
		}
		if (signal?.aborted) {
			throw aborted(signal);
		}
		// Only a whole buffer can be given away.
		const whole = pixels.buffer instanceof ArrayBuffer && pixels.byteLength === pixels.buffer.byteLength;
		const request = { type: "run", pixels: whole ? pixels : pixels.slice(), shape, positions } as const;
		return new Promise((resolve, reject) => {
			const pending: PendingRun = {
				request,
				resolve: (tokens) => {
					signal?.removeEventListener("abort", abort);
					resolve(tokens);
				},
				reject: (error) => {
					signal?.removeEventListener("abort", abort);
					reject(error);
				},
			};
			const abort = (): void => {
				const index = this.#waiting.indexOf(pending);
				if (index >= 0) {
					this.#waiting.splice(index, 1);
				}
				pending.reject(aborted(signal));
			};
			signal?.addEventListener("abort", abort, { once: true });
			this.#waiting.push(pending);
			this.#next();
		});
	}

	close(): Promise<void> {
		this.#closed ??= this.#close();
		return this.#closed;
	}

	async #close(): Promise<void> {
		if (this.#ended !== undefined) {
			return;
		}
		this.#ended = new DinosegError("DISPOSED", "NetworkSession.run: the session is closed. Create another one.");
		for (const pending of this.#waiting.splice(0)) {
			pending.reject(this.#ended);
		}
		const exit = new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
		this.#work({ type: "close" });
		await exit;
	}

	#next(): void {
		if (this.#running === undefined && this.#waiting.length > 0) {
			this.#running = this.#waiting.shift() as PendingRun;
			const { request } = this.#running;
			this.#work(request, [request.pixels.buffer as ArrayBuffer]);
		}
	}

	/** Keep the process alive, then send. */
	#work(request: WorkerRequest, transfer: ArrayBuffer[] = []): void {
		this.#worker.ref();
		Atomics.add(this.#unfinished, 0, 1);
		guardExit(this.#unfinished);
		this.#worker.postMessage(request, transfer);
	}

	#rest(): void {
		this.#worker.unref();
		unguardExit(this.#unfinished);
	}

	#settle(reply: WorkerReply): void {
		const settled = this.#running as PendingRun;
		this.#running = undefined;
		if (reply.type === "tokens") {
			settled.resolve(reply.tokens);
		} else if (reply.type === "failed") {
			const size = settled.request.shape.join(", ");
			settled.reject(
				new DinosegError(
					"MODEL_RUN_FAILED",
					`onnxruntime could not run the network on pixels (${size}): ${reply.reason}. ` +
						"If memory ran out, use a smaller input size.",
				),
			);
		}
		if (this.#ended !== undefined) {
			return;
		}
		if (this.#waiting.length === 0) {
			this.#rest();
		}
		this.#next();
	}

	/** After a close that was asked for, nothing is left to reject. */
	#breakDown(reason: string): void {
		const error = new DinosegError("MODEL_RUN_FAILED", `onnxruntime stopped (${reason}). Start again.`);
		this.#ended ??= error;
		for (const pending of [this.#running, ...this.#waiting.splice(0)]) {
			pending?.reject(error);
		}
		this.#running = undefined;
	}
}

function aborted(signal: AbortSignal | undefined): DinosegError {
	return new DinosegError("ABORTED", "The run was stopped before the network had finished.", {
		cause: signal?.reason,
	});
}
