import { createHash } from "node:crypto";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { manifestInvalid } from "./manifest-line.ts";
import type { Storage } from "./storage/storage.ts";

/** What all shards of a batch have in common, in the storage of its outputs. */
const RUN_FILE = "run.json";
const SCHEMA = "dinoseg/run/1";

/** What is made of the items of a run: a result of each, or a summary of those of each chunk. */
export const RUN_KINDS = ["segment", "summarise"] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** What decides the outputs, and how they are divided. */
export interface Run {
	readonly kind: RunKind;
	/** Number of shards. */
	readonly shards: number;
	/** The scheduler's index of shard 1. */
	readonly firstIndex: number;
	/** Whether each chunk of a shard has a manifest, as a queue and S3 want it. @default one for the whole shard */
	readonly chunks: boolean;
	/** All that changes an output, by name, in words: options, model. */
	readonly settings: Readonly<Record<string, string>>;
}

/** A run, and a name for it that changes with everything in it. */
export interface PinnedRun extends Run {
	readonly id: string;
}

/**
 * Read what the batch in a storage is made by.
 *
 * @returns nothing if there is none.
 * @throws DinosegError MANIFEST_INVALID, STORAGE_*
 */
export async function readRun(storage: Storage): Promise<PinnedRun | undefined> {
	const bytes = await storage.get(RUN_FILE);
	if (bytes === undefined) {
		return undefined;
	}
	const run = parseRun(new TextDecoder().decode(bytes));
	if (run === undefined) {
		throw manifestInvalid(`${storage.uri}/${RUN_FILE}`, `does not say what a batch is made by (${SCHEMA})`);
	}
	return pin(run);
}

/**
 * Check that a storage holds the outputs of a run, and of no other one since.
 *
 * @param id as `PinnedRun.id`.
 * @throws DinosegError RUN_MISMATCH, MANIFEST_INVALID, STORAGE_*
 */
export async function checkRun(storage: Storage, id: string): Promise<void> {
	const there = await readRun(storage);
	if (there?.id === id) {
		return;
	}
	const { uri } = storage;
	const message =
		there === undefined
			? `${uri}: this machine does not see the run.json of the batch. Have the output at the same address on all machines, and begin the batch anew if it was removed.`
			: `${uri}: holds another batch now, which was begun after the one in the queue. Give that one an output of its own.`;
	throw new DinosegError("RUN_MISMATCH", message, { details: { output: uri } });
}

/**
 * Note what a batch is made by, or check that it is what it was.
 *
 * @param force replace another one: what it made counts as not there.
 * @throws DinosegError OUTPUT_EXISTS that names what differs, MANIFEST_INVALID, STORAGE_*, OUTPUT_UNWRITABLE
 */
export async function pinRun(storage: Storage, run: Run, { force }: { readonly force: boolean }): Promise<PinnedRun> {
	const there = await readRun(storage).catch((error: unknown) => {
		if (force) {
			return undefined;
		}
		throw error;
	});
	const pinned = pin(run);
	if (there?.id === pinned.id) {
		return pinned;
	}
	if (there !== undefined && !force) {
		throw new DinosegError(
			"OUTPUT_EXISTS",
			`${storage.uri}: holds a batch that differs from what is asked for: ${differencesOf(there, run).join(", ")}. Give what was given then, or use ${optionName("force")} to begin anew, or another output folder.`,
			{ details: { output: storage.uri } },
		);
	}
	const { kind, chunks, ...others } = run;
	const text = `${JSON.stringify({ schema: SCHEMA, kind, ...(chunks ? { chunks } : {}), ...others }, null, "\t")}\n`;
	await storage.put(RUN_FILE, new TextEncoder().encode(text));
	return pinned;
}

function pin({ kind, shards, firstIndex, chunks, settings }: Run): PinnedRun {
	const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
	// How a scheduler counts makes no other outputs.
	const id = createHash("sha256")
		.update(JSON.stringify([kind, shards, sorted, ...(chunks ? ["chunks"] : [])]))
		.digest("hex");
	return { kind, shards, firstIndex, chunks, settings, id };
}

function differencesOf(there: Run, now: Run): string[] {
	const keys = new Set([...Object.keys(there.settings), ...Object.keys(now.settings)]);
	const differences = [...keys].flatMap((key) => {
		const [old, fresh] = [there.settings[key] ?? "none", now.settings[key] ?? "none"];
		return old === fresh ? [] : [`${optionName(key)} ${old} there, ${fresh} now`];
	});
	const manifests = ({ chunks }: Run) => `a manifest for each ${chunks ? "chunk" : "shard"}`;
	const contents = ({ kind }: Run) => (kind === "segment" ? "results" : "parts of a codebook");
	return [
		...(there.kind === now.kind ? [] : [`${contents(there)} there, ${contents(now)} now`]),
		...(there.chunks === now.chunks ? [] : [`${manifests(there)} there, ${manifests(now)} now`]),
		...(there.shards === now.shards ? [] : [`${there.shards} shards there, ${now.shards} now`]),
		...differences,
	];
}

function parseRun(text: string): Run | undefined {
	try {
		const {
			schema,
			kind,
			shards,
			firstIndex,
			chunks = false,
			settings,
		} = JSON.parse(text) as Partial<PinnedRun> & {
			readonly schema: unknown;
		};
		const isRun =
			schema === SCHEMA &&
			RUN_KINDS.some((known) => known === kind) &&
			[shards, firstIndex].every((value) => Number.isSafeInteger(value) && Number(value) >= 0) &&
			Object.values(settings ?? { none: undefined }).every((value) => typeof value === "string");
		return isRun ? ({ kind, shards, firstIndex, chunks, settings } as Run) : undefined;
	} catch {
		return undefined;
	}
}
