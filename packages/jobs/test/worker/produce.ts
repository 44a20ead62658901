import { DinosegError } from "@dinoseg/core/errors";
import {
	type BatchGap,
	type JobQueue,
	type PinnedRun,
	type ProducerEvent,
	pinRun,
	produceBatch,
	type QueuedItem,
	runLines,
	runWorker,
	shardKey,
	WHOLE,
	type WorkerEvent,
	type WorkerOptions,
} from "@dinoseg/jobs";
import type { FakeOutputs } from "./fake-outputs.ts";

export const VERSION = "1.2.3";
export const PATHS = Array.from({ length: 40 }, (_, index) => `photos/${index}.jpg`);
export const itemsOf = (paths: readonly string[]): QueuedItem[] =>
	paths.map((path) => ({ path, source: `/in/${path}` }));
export const now = () => performance.now();
export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
export const never = new AbortController().signal;

export interface Command {
	readonly items?: readonly (QueuedItem | BatchGap)[];
	readonly force?: boolean;
	readonly verify?: boolean;
	readonly retryBad?: boolean;
	readonly stop?: AbortSignal;
	readonly now?: () => number;
	/** Called between two looks at the queue. */
	readonly between?: () => unknown;
}

export const openRun = ({ storage }: FakeOutputs): Promise<PinnedRun> =>
	pinRun(storage, { kind: "segment", shards: 1, firstIndex: 1, chunks: true, settings: { k: "2" } }, { force: false });

export async function produce(queue: JobQueue, outputs: FakeOutputs, command: Command = {}) {
	const { items = itemsOf(PATHS), force = false, verify = false, retryBad = false, stop = never, between } = command;
	const events: ProducerEvent[] = [];
	const run = await openRun(outputs);
	const outcome = await produceBatch({
		queue,
		storage: outputs.storage,
		folder: shardKey(WHOLE),
		run,
		batch: { version: VERSION, terms: { k: 2 } },
		items: (async function* () {
			yield items;
		})(),
		bounds: { mean: 4, most: 6 },
		force,
		verify,
		retryBad,
		pollMs: 1,
		stop,
		async pause() {
			await nextTurn();
			await between?.();
			return !stop.aborted;
		},
		now: command.now ?? now,
		onEvent: (event) => events.push(event),
	});
	return { outcome, events, failed: events.flatMap((event) => (event.type === "failed" ? event.line : [])) };
}

export interface WorkerSettings {
	readonly version?: string;
	readonly stop?: AbortSignal;
	readonly untilEmpty?: boolean;
	readonly open?: WorkerOptions["open"];
	/** How long a pause is, in turns of the event loop. */
	readonly turns?: number;
	readonly before?: (item: QueuedItem) => unknown;
}

export function startWorker(queue: JobQueue, outputs: FakeOutputs, settings: WorkerSettings = {}) {
	const { version = VERSION, stop = never, untilEmpty = false, turns = 1, before } = settings;
	const open = settings.open ?? (async () => outputs.open(before));
	const events: WorkerEvent[] = [];
	const ended = runWorker({
		queue,
		id: crypto.randomUUID(),
		version,
		about: { host: "here" },
		limit: 3,
		leaseMs: 1000,
		untilEmpty,
		stop,
		open,
		async pause(_, signal) {
			for (let turn = 0; turn < turns; turn++) {
				await nextTurn();
			}
			return signal?.aborted !== true;
		},
		now,
		onEvent: (event) => events.push(event),
	});
	ended.catch(() => undefined);
	return { ended, events };
}

/** Work until a command ended, and stop the worker. */
export async function runBoth(
	queue: JobQueue,
	outputs: FakeOutputs,
	command: Command = {},
	settings: WorkerSettings = {},
) {
	const stop = new AbortController();
	const worker = startWorker(queue, outputs, { ...settings, stop: stop.signal });
	const produced = await produce(queue, outputs, command);
	stop.abort();
	await worker.ended;
	return { ...produced, worked: worker.events };
}

export async function pathsOf({ storage }: FakeOutputs, run: PinnedRun): Promise<string[]> {
	const paths: string[] = [];
	for await (const { path } of runLines(storage, run)) {
		paths.push(path);
	}
	return paths.sort();
}

export const failsAt = (path: string, error: DinosegError) => (item: QueuedItem) => {
	if (item.path === path) {
		throw error;
	}
};
export const corrupt = new DinosegError("IMAGE_CORRUPT", "damaged");
export const away = new DinosegError("INPUT_UNREADABLE", "away", {
	cause: Object.assign(new Error("EIO"), { code: "EIO" }),
});
