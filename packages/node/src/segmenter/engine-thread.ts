import { MessageChannel, Worker } from "node:worker_threads";
import { createEngineLink, type EngineLink, type EngineReady, type EngineReply } from "@dinoseg/core/remote";
import type { TemporaryFiles } from "../files/index.ts";
import { lacksOpenFiles } from "../files/open-files.ts";
import { createExitState, guardExit, unguardExit } from "../session/exit-guard.ts";
import type { EngineSetup, SentInput } from "./protocol.ts";

/** The thread of a segmenter, as the thread that uses it sees it. It does not keep the process alive while it rests. */
export interface EngineThread {
	readonly link: EngineLink<SentInput>;
	readonly ready: EngineReady;
	/** Let it finish, free what it holds, and wait for its end. */
	close(): Promise<void>;
}

/**
 * Start the thread of a segmenter.
 *
 * @throws DinosegError as `openEngine`; INTERNAL if the thread cannot start.
 */
export async function startEngineThread(
	setup: Omit<EngineSetup, "exitState" | "files">,
	temporaryFiles: TemporaryFiles,
): Promise<EngineThread> {
	const exitState = createExitState();
	const { port1: files, port2 } = new MessageChannel();
	temporaryFiles.follow(files);
	const workerData: EngineSetup = { ...setup, exitState, files: port2 };
	// Some flags of the main thread, such as --input-type, are refused by a thread that runs a file.
	const worker = new Worker(new URL("./worker.js", import.meta.url), {
		workerData,
		transferList: [port2],
		// Its objects are few and small; its arrays lie elsewhere. The usual size takes some 30 MB more and is no faster.
		resourceLimits: { maxYoungGenerationSizeMb: 4 },
		execArgv: [],
	});
	const guard = new Int32Array(exitState);
	guardExit(guard);
	worker.once("exit", () => {
		unguardExit(guard);
		files.close();
	});

	const link = createEngineLink<SentInput>({
		post(request, transfer) {
			worker.postMessage(request, transfer);
			return undefined;
		},
		onBusy: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
	});
	const exited = new Promise<void>((resolve) => {
		worker.once("exit", (code) => {
			link.breakDown(`code ${code}`);
			resolve();
		});
	});
	worker.on("error", (error) => link.breakDown(reasonOf(error)));
	worker.on("message", (reply: EngineReply) => link.receive(reply));
	const ready = await link.ready;
	worker.unref();
	return {
		link,
		ready,
		async close() {
			link.close();
			worker.ref();
			await exited;
		},
	};
}

/** Why a thread ended. While it loads, it opens many files at once. */
function reasonOf(error: Error): string {
	return lacksOpenFiles(error)
		? "too many files are open: close other programs or raise the limit of open files"
		: error.message;
}
