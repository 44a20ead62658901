/**
 * The thread in which a network runs. Started by `network-worker.ts`; exports nothing.
 *
 * onnxruntime blocks the thread that calls it for the whole run, and aborts the process if that thread is ended
 * meanwhile. So this one is never terminated: told to close, it releases its session and runs out of work.
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { countReturn } from "./exit-guard.ts";
import type { RunOutput, RunRequest, WorkerReply, WorkerRequest, WorkerSetup } from "./protocol.ts";

const { graph, folder, threads, device, names, exitState } = workerData as WorkerSetup;
const port = parentPort as MessagePort;
const state = new Int32Array(exitState);

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
	countReturn(state);
	port.postMessage(message, transfer);
}

function fail(error: unknown): void {
	reply({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
}

async function open(): Promise<InferenceSession | undefined> {
	try {
		const session = await InferenceSession.create(graph, {
			executionProviders: [device],
			intraOpNumThreads: threads,
			interOpNumThreads: 1,
			graphOptimizationLevel: "all",
			// Errors are thrown; the log would print them once more, to the standard error of the process.
			logSeverityLevel: 4,
			// Weights are prepacked: without, from 3 threads on the results would depend on their number.
			extra: {
				session: {
					model_external_initializers_file_folder_path: folder,
					// After a run its threads would turn in circles, on cores that what comes next needs.
					force_spinning_stop: "1",
				},
			},
		});
		reply({ type: "opened" });
		return session;
	} catch (error) {
		fail(error);
		port.close();
		return undefined;
	}
}

async function run(session: InferenceSession, request: RunRequest): Promise<void> {
	const { pixels, shape, places } = request;
	try {
		const feeds = Object.entries({ ...places, [names.pixels]: { data: pixels, shape } }).map(([name, tensor]) => [
			name,
			new Tensor("float32", tensor.data, tensor.shape),
		]);
		const results = await session.run(Object.fromEntries(feeds));
		// onnxruntime's own memory cannot change threads.
		const copy = (name: string) => (results[name].data as Float32Array).slice();
		const output = { tokens: copy(names.tokens), norms: copy(names.norms) } satisfies RunOutput;
		reply({ type: "output", output }, [output.tokens.buffer, output.norms.buffer]);
	} catch (error) {
		fail(error);
	}
}

async function handle(session: InferenceSession, request: WorkerRequest): Promise<void> {
	if (request.type === "run") {
		await run(session, request);
	} else {
		await session.release();
		countReturn(state);
		port.close();
	}
}

const session = await open();
if (session !== undefined) {
	let last = Promise.resolve();
	port.on("message", (request: WorkerRequest) => {
		last = last.then(() => handle(session, request));
	});
}
