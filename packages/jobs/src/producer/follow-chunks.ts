import { DinosegError, type ErrorCode } from "@dinoseg/core/errors";
import { type ChunkLines, chunkKey, chunksFolder, listChunks, readChunk } from "../chunk/chunk-manifest.ts";
import { mapAhead } from "../map-ahead.ts";
import { patiently } from "../patiently.ts";
import type { JsonValue } from "../queue/json-value.ts";
import type { RunCounts } from "../queue/queue.ts";
import type { ProducerOptions } from "./producer-options.ts";

/** A chunk whose end is waited for. */
export interface AwaitedChunk {
	readonly id: string;
	readonly items: number;
	readonly packed: Uint8Array;
	/** The queue has taken it. */
	isAdded: boolean;
}

export interface FollowedChunks {
	/** What the queue had counted of the run before. */
	readonly base: RunCounts;
	readonly runId: string;
	jobId(chunk: string): string;
	/** By chunk; those that ended are taken out. */
	readonly awaited: Map<string, AwaitedChunk>;
	/** Chunks that were complete already. */
	readonly skipped: readonly string[];
	/**
	 * Items so far, those of them that were added, and in how many chunks; and jobs that the queue had counted as ended and
	 * does so no more.
	 */
	readonly totals: {
		readonly items: number;
		readonly added: number;
		readonly chunks: number;
		readonly forgotten: number;
	};
	/** Ends when all chunks are in the queue. */
	readonly adding: Promise<void>;
	/** Put chunks into the queue again that it lost, or forgot. */
	addAgain(chunks: readonly AwaitedChunk[]): Promise<void>;
}

/** Items, as the manifests of all chunks have them. */
export interface FollowedCounts {
	readonly done: number;
	readonly present: number;
	readonly bad: number;
	readonly open: number;
}

/** Between two looks at the manifests while the counts of the queue say that some chunks have not ended, milliseconds. */
const LOOK_MS = 30_000;
/** How long a run is offered that workers refuse and none works on, milliseconds. */
const GIVE_UP_MS = 20_000;
/** Manifests that are read at the same time. */
const AT_ONCE = 16;

/**
 * Wait until every chunk has a manifest, and tell how far they are.
 *
 * @throws DinosegError ABORTED when it is to end before; why workers refuse the run, if nobody works on it; QUEUE_*, STORAGE_*, MANIFEST_INVALID; what `adding` throws
 */
export async function followChunks(options: ProducerOptions, followed: FollowedChunks): Promise<FollowedCounts> {
	const { queue, storage, run, pollMs, stop, pause, now, onEvent } = options;
	const { base, runId, jobId, awaited, skipped, totals, adding, addAgain } = followed;
	const folder = chunksFolder(options.folder);
	const wait = (milliseconds: number): Promise<boolean> => pause(milliseconds, stop);
	const read = (key: string): Promise<ChunkLines | undefined> => patiently(() => readChunk(storage, key, run.id), wait);
	let refusedSince: number | undefined;
	const worked = { done: 0, bad: 0, open: 0 };
	const input: { isRead: boolean; failure?: { readonly thrown: unknown } } = { isRead: false };
	adding.then(
		() => {
			input.isRead = true;
		},
		(thrown: unknown) => {
			input.failure = { thrown };
		},
	);

	const isWorkedOn = async (): Promise<boolean> =>
		(await queue.workers()).some(({ data }) => {
			const { output, inWork } = data as { readonly output?: JsonValue; readonly inWork?: JsonValue };
			return output === storage.uri && Number(inWork) > 0;
		});
	/**
	 * Take out the chunks that ended, and have those in the queue again that it lost.
	 *
	 * @returns how many jobs the queue counts as ended no more.
	 */
	const look = async (): Promise<number> => {
		const added = [...awaited.values()].filter(({ isAdded }) => isAdded);
		// Before the manifests: a job ends after its manifest was written.
		const pending = await queue.pending(added.map(({ id }) => jobId(id)));
		const states = await patiently(() => listChunks(storage, folder), wait);
		const ended = added.flatMap(({ id }) => {
			const found = states.get(id);
			return found === undefined || found === "part" ? [] : [{ id, key: chunkKey(folder, id, found) }];
		});
		for await (const { id, lines } of mapAhead(ended, AT_ONCE, async ({ id, key }) => ({
			id,
			lines: await read(key),
		}))) {
			awaited.delete(id);
			for (const line of lines === undefined ? [] : [...lines.known.values(), ...lines.open]) {
				worked[line.status] += 1;
				if (line.status !== "done") {
					onEvent({ type: "failed", line });
				}
			}
		}
		const lost = added.filter(({ id }) => awaited.has(id) && !pending.has(jobId(id)));
		if (lost.length === 0) {
			return 0;
		}
		// Workers fail what is of a run that the queue has lost, too.
		const isKnown = (await queue.readRun(runId)) !== undefined;
		const failures = await queue.forgetFailed(lost.map(({ id }) => jobId(id)));
		const [failure] = isKnown ? failures.values() : [];
		const error = failure && new DinosegError(failure.code as ErrorCode, failure.message);
		if (error === undefined || ended.length > 0 || (await isWorkedOn())) {
			refusedSince = undefined;
		} else {
			refusedSince ??= now();
			if (now() - refusedSince >= GIVE_UP_MS) {
				throw error;
			}
		}
		await addAgain(lost);
		onEvent(error === undefined ? { type: "lost", chunks: lost.length } : { type: "refused", error });
		return failures.size;
	};
	const tell = (counts: RunCounts["counts"]): void => {
		const since = (name: string): number => (counts[name] ?? 0) - (base.counts[name] ?? 0);
		const present = since("present") + totals.items - totals.added;
		const total = input.isRead ? totals.items : undefined;
		onEvent({ type: "state", state: { done: since("done"), present, failed: since("bad") + since("open"), total } });
	};

	// As many may end as had ended before, and were forgotten.
	let looked = { at: now(), ended: -1 };
	let present = 0;
	for (;;) {
		// Before the counts: what is forgotten while jobs are added is counted no more then.
		const { isRead } = input;
		const { ended, counts } = await queue.runCounts(runId);
		if (input.failure !== undefined) {
			throw input.failure.thrown;
		}
		tell(counts);
		present = (counts["present"] ?? 0) - (base.counts["present"] ?? 0);
		const haveEnded = isRead && ended - base.ended + totals.forgotten >= totals.chunks && ended !== looked.ended;
		if ((haveEnded && awaited.size > 0) || now() - looked.at >= LOOK_MS) {
			looked = { at: now(), ended };
			looked.ended -= await look();
		}
		if (isRead && awaited.size === 0) {
			break;
		}
		if (!(await pause(pollMs, stop))) {
			throw new DinosegError("ABORTED", "What is in the queue stays there. The same command goes on.");
		}
	}
	const before = { done: 0, bad: 0 };
	const keys = skipped.map((id) => chunkKey(folder, id, "complete"));
	for await (const lines of mapAhead(keys, AT_ONCE, read)) {
		for (const { status } of lines?.known.values() ?? []) {
			before[status] += 1;
		}
	}
	present = Math.min(present, worked.done);
	const { open } = worked;
	return { done: worked.done - present, present: before.done + present, bad: before.bad + worked.bad, open };
}
