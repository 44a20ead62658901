import { chunkKey, listChunks, readChunk } from "../../src/chunk/chunk-manifest.ts";
import { type BatchEvent, type JobOutcome, type JsonValue, pinRun, type QueuedItem } from "../../src/index.ts";
import { createSlots } from "../../src/worker/slots.ts";
import { workChunk } from "../../src/worker/work-chunk.ts";
import type { FakeOutputs } from "./fake-outputs.ts";

export const ID = "0123456789abcdef";
const RUN = { kind: "segment", shards: 1, firstIndex: 1, chunks: true, settings: { k: "2" } } as const;
export const FOLDER = "shards/1-of-1/chunks/";
const itemsOf = (paths: readonly string[]): QueuedItem[] => paths.map((path) => ({ path, source: `/in/${path}` }));

interface Settings {
	readonly limit?: number;
	readonly isService?: boolean;
	readonly verify?: boolean;
	readonly noted?: JsonValue;
	readonly stop?: AbortSignal;
	readonly lost?: AbortSignal;
	readonly onNote?: (noted: JsonValue) => void;
	readonly before?: (item: QueuedItem) => unknown;
}

/** Work on a chunk of these items. */
export async function work(outputs: FakeOutputs, paths: readonly string[], settings: Settings = {}) {
	const events: BatchEvent<QueuedItem>[] = [];
	const none = new AbortController().signal;
	const { noted, onNote, limit = 3, verify = false, stop = none, lost = none } = settings;
	const { id: run } = await pinRun(outputs.storage, RUN, { force: false });
	const outcome: JobOutcome = await workChunk({
		job: { chunk: ID, items: itemsOf(paths) },
		isService: settings.isService === true,
		verify,
		force: false,
		lease: {
			job: { id: "a job", run: "queued", data: null },
			stalls: 0,
			noted,
			signal: lost,
			note: async (data) => onNote?.(structuredClone(data)),
		},
		run,
		folder: FOLDER,
		outputs: outputs.open(settings.before),
		slots: createSlots(limit),
		failFast: false,
		stop,
		pause: async () => !stop.aborted,
		onEvent: (event) => events.push(event),
	});
	return { outcome, events };
}

/** The lines of the chunk's manifest. */
export async function linesOf({ storage }: FakeOutputs) {
	const state = (await listChunks(storage, FOLDER)).get(ID);
	const { id: run } = await pinRun(storage, RUN, { force: false });
	const lines = state && (await readChunk(storage, chunkKey(FOLDER, ID, state), run));
	return { state, known: [...(lines?.known.values() ?? [])], open: lines?.open ?? [] };
}
