import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { type TemporaryFiles, writeFileAtomically } from "@dinoseg/node/files";
import { manifestInvalid } from "./manifest-line.ts";

/** What all shards of a batch have in common, in its output folder. */
const RUN_FILE = "run.json";
const SCHEMA = "dinoseg/run/1";

/** What decides the outputs, and how they are divided. */
export interface Run {
	/** Number of shards. */
	readonly shards: number;
	/** The scheduler's index of shard 1. */
	readonly firstIndex: number;
	/** All that changes an output, by name, in words: options, model. */
	readonly settings: Readonly<Record<string, string>>;
}

/** A run, and a name for it that changes with everything in it. */
export interface PinnedRun extends Run {
	readonly id: string;
}

/**
 * Read what the batch in an output folder is made by.
 *
 * @returns nothing if there is none.
 * @throws DinosegError MANIFEST_INVALID
 */
export async function readRun(output: string): Promise<PinnedRun | undefined> {
	const path = join(output, RUN_FILE);
	const text = await readFile(path, "utf8").catch(() => undefined);
	if (text === undefined) {
		return undefined;
	}
	const run = parseRun(text);
	if (run === undefined) {
		throw manifestInvalid(path, `does not say what a batch is made by (${SCHEMA})`);
	}
	return pin(run);
}

/**
 * Note what a batch is made by, or check that it is what it was.
 *
 * @param force replace another one: what it made counts as not there.
 * @throws DinosegError OUTPUT_EXISTS that names what differs, MANIFEST_INVALID, OUTPUT_UNWRITABLE
 */
export async function pinRun(
	output: string,
	run: Run,
	{ force, temporaryFiles }: { readonly force: boolean; readonly temporaryFiles: TemporaryFiles },
): Promise<PinnedRun> {
	const there = await readRun(output).catch((error: unknown) => {
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
			`${output}: holds a batch that differs from what is asked for: ${differencesOf(there, run).join(", ")}. Give what was given then, or use ${optionName("force")} to begin anew, or another output folder.`,
			{ details: { output } },
		);
	}
	const text = `${JSON.stringify({ schema: SCHEMA, ...run }, null, "\t")}\n`;
	await writeFileAtomically(join(output, RUN_FILE), new TextEncoder().encode(text), temporaryFiles);
	return pinned;
}

function pin({ shards, firstIndex, settings }: Run): PinnedRun {
	const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
	// How a scheduler counts makes no other outputs.
	const id = createHash("sha256")
		.update(JSON.stringify([shards, sorted]))
		.digest("hex");
	return { shards, firstIndex, settings, id };
}

function differencesOf(there: Run, now: Run): string[] {
	const keys = new Set([...Object.keys(there.settings), ...Object.keys(now.settings)]);
	const differences = [...keys].flatMap((key) => {
		const [old, fresh] = [there.settings[key] ?? "none", now.settings[key] ?? "none"];
		return old === fresh ? [] : [`${optionName(key)} ${old} there, ${fresh} now`];
	});
	return there.shards === now.shards
		? differences
		: [`${there.shards} shards there, ${now.shards} now`, ...differences];
}

function parseRun(text: string): Run | undefined {
	try {
		const { schema, shards, firstIndex, settings } = JSON.parse(text) as Run & { readonly schema: unknown };
		const isRun =
			schema === SCHEMA &&
			[shards, firstIndex].every((value) => Number.isSafeInteger(value) && value >= 0) &&
			Object.values(settings).every((value) => typeof value === "string");
		return isRun ? { shards, firstIndex, settings } : undefined;
	} catch {
		return undefined;
	}
}
