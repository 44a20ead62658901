import { Worker } from "node:worker_threads";
import { DinosegError } from "@dinoseg/core/errors";
import { NETWORK_OUTPUTS, PIXELS_INPUT } from "@dinoseg/core/model";
import { describeDevices } from "./device.ts";
import { countCall, createExitState, guardExit, unguardExit } from "./exit-guard.ts";
import type { RunOutput, RunRequest, WorkerReply, WorkerRequest, WorkerSetup } from "./protocol.ts";
import { disableTelemetry } from "./telemetry.ts";

export interface NetworkWorkerOptions {
	/** An ONNX model as `buildNetworkGraph` of `@dinoseg/core` makes it. */
	readonly graph: Uint8Array;
	/** Folder of the files that the graph's weights lie in: a real path, no link. */
	readonly folder: string;
	/** Threads that compute. */
	readonly threads: number;
	/** Execution provider of onnxruntime. */
	readonly device: string;
	/** Made by `createExitState` where the main thread guards it. @default one that is guarded here */
	readonly exitState?: SharedArrayBuffer | undefined;
}

/** A network in a thread of its own, for one run at a time. */
export interface NetworkWorker {
	/** Why it takes no more runs; none while it works. */
	readonly ended: DinosegError | undefined;
	/**
	 * Must not be called before the run before is settled. Gives the pixels' memory away.
	 *
	 * @throws DinosegError MODEL_RUN_FAILED
	 */
	run(request: RunRequest): Promise<RunOutput>;
	/** Finish the run in flight, free the network and end the thread. */
	close(): Promise<void>;
}

/** A run that was asked for and not answered. */
interface PendingRun {
	readonly shape: RunRequest["shape"];
	resolve(output: RunOutput): void;
	reject(error: DinosegError): void;
}

/**
 * Load a network in a worker thread.
 *
 * The thread does not keep the process alive while it has nothing to do. It is never terminated: a run that nobody
 * waits for goes on to its end, and keeps the process alive until then.
 *
 * @throws DinosegError MODEL_RUN_FAILED
 */
export async function openNetworkWorker(options: NetworkWorkerOptions): Promise<NetworkWorker> {
	const { graph, folder, threads, device, exitState = createExitState() } = options;
	const state = new Int32Array(exitState);
	if (!countCall(state)) {
		throw new DinosegError("DISPOSED", "The process is about to end, so no network is opened.");
	}
	const names = { pixels: PIXELS_INPUT, ...NETWORK_OUTPUTS };
	const workerData: WorkerSetup = { graph, folder, threads, device, names, exitState };
	disableTelemetry();
	// Some flags of the main thread, such as --input-type, are refused by a thread that runs a file.
	const worker = new Worker(new URL("./worker.js", import.meta.url), {
		workerData,
		// It makes next to no objects.
		resourceLimits: { maxYoungGenerationSizeMb: 2 },
		execArgv: [],
	});
	if (options.exitState === undefined) {
		guardExit(state);
		worker.once("exit", () => unguardExit(state));
	}
	const opening = await firstReply(worker);
	if (opening.type === "failed") {
		const advice =
			device === "cpu"
				? "Check that the checkpoint is complete and did not change meanwhile, and that there is memory for it."
				: `Check the driver of the device, or use another one. ${await describeDevices()}`;
		const where = device === "cpu" ? "" : ` on the device "${device}"`;
		throw new DinosegError(
			"MODEL_RUN_FAILED",
			`${folder}: onnxruntime could not load the network${where} (${opening.reason.trim()}). ${advice}`,
			{ details: { folder, device } },
		);
	}
	return new ThreadWorker(worker, state);
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

class ThreadWorker implements NetworkWorker {
	readonly #worker: Worker;
	readonly #state: Int32Array;
	#running: PendingRun | undefined;
	#ended: DinosegError | undefined;

	constructor(worker: Worker, state: Int32Array) {
		this.#worker = worker;
		this.#state = state;
		worker.on("message", (reply: WorkerReply) => this.#settle(reply));
		worker.on("error", (error) => this.#breakDown(`its thread failed: ${error.message}`));
		worker.on("exit", (code) => this.#breakDown(`its thread ended with code ${code}`));
		this.#rest();
	}

	get ended(): DinosegError | undefined {
		return this.#ended;
	}

	async run(request: RunRequest): Promise<RunOutput> {
		if (this.#ended !== undefined) {
			throw this.#ended;
		}
		return new Promise((resolve, reject) => {
			this.#running = { shape: request.shape, resolve, reject };
			if (!this.#work(request, [request.pixels.buffer as ArrayBuffer])) {
				this.#breakDown("the process is about to end");
			}
		});
	}

	async close(): Promise<void> {
		if (this.#ended !== undefined) {
			return;
		}
		this.#ended = new DinosegError("DISPOSED", "The network is closed. Create another one.");
		const exit = new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
		// A process that is about to end takes its threads with it.
		if (this.#work({ type: "close" })) {
			await exit;
		}
	}

	/** Keep the process alive, then send; false if the process is about to end. */
	#work(request: WorkerRequest, transfer: ArrayBuffer[] = []): boolean {
		if (!countCall(this.#state)) {
			return false;
		}
		this.#worker.ref();
		this.#worker.postMessage(request, transfer);
		return true;
	}

	#rest(): void {
		this.#worker.unref();
	}

	#settle(reply: WorkerReply): void {
		const settled = this.#running as PendingRun;
		this.#running = undefined;
		if (this.#ended === undefined) {
			this.#rest();
		}
		if (reply.type === "output") {
			settled.resolve(reply.output);
		} else if (reply.type === "failed") {
			settled.reject(
				new DinosegError(
					"MODEL_RUN_FAILED",
					`onnxruntime could not run the network on pixels (${settled.shape.join(", ")}): ${reply.reason}. ` +
						"If memory ran out, use a smaller input size.",
				),
			);
		}
	}

	/** After a close that was asked for, nothing is left to reject. */
	#breakDown(reason: string): void {
		this.#ended ??= new DinosegError("MODEL_RUN_FAILED", `onnxruntime stopped (${reason}). Start again.`);
		this.#running?.reject(this.#ended);
		this.#running = undefined;
	}
}
