import { MessageChannel, Worker } from "node:worker_threads";
import { disposed, type SegmentationListener } from "@dinoseg/core";
import { DinosegError, errorFromJson } from "@dinoseg/core/errors";
import type { TemporaryFiles } from "../files/index.ts";
import { createExitState, guardExit, unguardExit } from "../session/exit-guard.ts";
import type { EngineReady, EngineReply, EngineRequest, EngineSetup } from "./protocol.ts";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Asked = Extract<EngineRequest, { readonly type: "call" | "fit" | "map" }>;
/** A request that is answered, without its number. */
export type Question = DistributiveOmit<Asked, "id">;

/** The thread of a segmenter, as the thread that uses it sees it. It does not keep the process alive while it rests. */
export interface EngineThread {
	readonly ready: EngineReady;
	/** The number of the next question. */
	nextId(): number;
	/**
	 * Ask, and wait for the answer.
	 *
	 * @param transfer memory that is given away with the question.
	 * @throws what the other thread threw; DinosegError INTERNAL if it ended, DISPOSED if it was told to.
	 */
	ask(id: number, question: Question, transfer?: ArrayBuffer[]): Promise<unknown>;
	/** Hear the events of a call, until `forget`. */
	listen(id: number, listener: SegmentationListener): void;
	forget(id: number): void;
	/** Tell something that has no answer. */
	tell(request: Exclude<EngineRequest, Asked | { readonly type: "dispose" }>): void;
	/** Let it finish, free what it holds, and wait for its end. */
	close(): Promise<void>;
}

interface Pending {
	resolve(value: unknown): void;
	reject(error: unknown): void;
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

	const pending = new Map<number, Pending>();
	const listeners = new Map<number, SegmentationListener>();
	let ended: DinosegError | undefined;
	let lastId = 0;

	const settle = (id: number): Pending | undefined => {
		const call = pending.get(id);
		pending.delete(id);
		if (pending.size === 0) {
			worker.unref();
		}
		return call;
	};
	const breakDown = (reason: string): void => {
		ended ??= new DinosegError("INTERNAL", `The thread of the segmenter ended (${reason}). Create a new one.`);
		for (const id of [...pending.keys()]) {
			settle(id)?.reject(ended);
		}
	};
	const exited = new Promise<void>((resolve) => {
		worker.once("exit", (code) => {
			breakDown(`code ${code}`);
			resolve();
		});
	});

	const ready = await new Promise<EngineReady>((resolve, reject) => {
		worker.on("error", (error) => {
			breakDown(error.message);
			reject(ended);
		});
		worker.once("exit", () => reject(ended));
		worker.on("message", (reply: EngineReply) => {
			switch (reply.type) {
				case "ready":
					return resolve(reply);
				case "broken":
					return reject(errorFromJson(reply.error));
				case "event":
					return listeners.get(reply.id)?.(reply.event);
				case "done":
					return settle(reply.id)?.resolve(reply.value);
				case "failed":
					return settle(reply.id)?.reject(errorFromJson(reply.error));
				default:
					return reply satisfies never;
			}
		});
	});
	worker.unref();

	const ask: EngineThread["ask"] = (id, question, transfer = []) => {
		if (ended !== undefined) {
			return Promise.reject(ended);
		}
		return new Promise((resolve, reject) => {
			pending.set(id, { resolve, reject });
			worker.ref();
			worker.postMessage({ ...question, id }, transfer);
		});
	};

	return {
		ready,
		nextId: () => ++lastId,
		ask,
		listen: (id, listener) => void listeners.set(id, listener),
		forget: (id) => void listeners.delete(id),
		tell(request) {
			worker.postMessage(request);
		},
		async close() {
			if (ended === undefined) {
				ended = disposed();
				worker.postMessage({ type: "dispose" } satisfies EngineRequest);
			}
			worker.ref();
			await exited;
		},
	};
}
