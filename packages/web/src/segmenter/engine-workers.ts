import { createEngineLink, type EngineLink } from "@dinoseg/core/remote";
import type { SentInput } from "../image/decoder.ts";
import type { DownloadListener } from "../model/fetch-model.ts";
import type { Runtime } from "../network/runtime.ts";
import { lifeLineEnd, nameLifeLine } from "./life-line.ts";
import type { EngineSetup, WorkerReply, WorkerRequest } from "./protocol.ts";

/** Workers that end one after the other without an answer: after as many, no other one is started. */
const MOST_DEATHS = 3;

export interface EngineWorkersOptions {
	onRuntime(runtime: Runtime): void;
	readonly onDownload: DownloadListener;
}

/** The worker of a segmenter, and those that follow it when it ends. */
export interface EngineWorkers {
	readonly link: EngineLink<SentInput>;
	/** Let it finish, free what it holds, and end it. */
	close(): Promise<void>;
}

interface RunningWorker {
	readonly worker: Worker;
	/** Itself, or what followed it before it was open: resolves once that takes requests. */
	readonly opened: Promise<Worker>;
	end(): void;
}

/** Start the worker of a segmenter. One that ends of itself is followed by another at the next request. */
export function startEngineWorkers(
	firstSetup: EngineSetup,
	{ onRuntime, onDownload }: EngineWorkersOptions,
): EngineWorkers {
	let setup = firstSetup;
	let current: RunningWorker | undefined;
	let deaths = 0;
	let onEnd = (): void => undefined;

	const start = (): RunningWorker => {
		const lifeLine = nameLifeLine();
		const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
		const watch = new AbortController();
		const end = (): void => {
			watch.abort();
			worker.terminate();
		};
		const die = (reason: string): void => {
			if (current?.worker === worker) {
				end();
				current = undefined;
				deaths++;
				onEnd();
				link.fail(reason);
			}
		};
		const opened = new Promise<Worker>((resolve) => {
			worker.addEventListener("message", ({ data }: MessageEvent<WorkerReply>) => {
				switch (data.type) {
					case "runtime":
						return onRuntime(data.runtime);
					case "download":
						return onDownload(data.bytes, data.totalBytes);
					case "alive":
						// An abort is the end that was asked for.
						return void lifeLineEnd(lifeLine, watch.signal).then(
							() => die("the browser ended it"),
							() => undefined,
						);
					case "end":
						return onEnd();
					case "ready":
						link.receive(data);
						return resolve(worker);
					case "threadless":
						end();
						setup = { ...setup, mostThreads: 1 };
						current = start();
						return resolve(current.opened);
					case "broken":
						end();
						current = undefined;
						onEnd();
						return link.receive(data);
					case "done":
						deaths = 0;
						return link.receive(data);
					default:
						return link.receive(data);
				}
			});
		});
		worker.addEventListener("error", (event) => {
			event.preventDefault();
			die(event.message || "its script cannot be loaded");
		});
		worker.postMessage({ type: "open", setup, lifeLine } satisfies WorkerRequest);
		return { worker, opened, end };
	};

	const link: EngineLink<SentInput> = createEngineLink({
		post(request, transfer) {
			if (current === undefined && !["call", "fit", "map"].includes(request.type)) {
				// What it is about ended with its worker.
				return undefined;
			}
			if (deaths >= MOST_DEATHS) {
				link.breakDown(`it ended ${deaths} times in a row`);
				return undefined;
			}
			current ??= start();
			return current.opened.then((worker) => worker.postMessage(request, transfer));
		},
	});
	current = start();
	return {
		link,
		async close() {
			const ended = new Promise<void>((resolve) => {
				onEnd = resolve;
			});
			link.close();
			if (current) {
				await ended;
				current?.end();
				current = undefined;
			}
		},
	};
}
