import type { SegmentKind } from "@dinoseg/core/options";
import {
	itemLines,
	type PinnedRun,
	runLines,
	type Shard,
	type Storage,
	shardFolder,
	shardKey,
	writeSummary,
} from "@dinoseg/jobs";
import type { CommandContext } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { shellMessage } from "../flags/shell-message.ts";
import type { PageFailure, PageResult } from "../page/run-page.ts";

/** What the summary tells of an image that is done. */
const FACTS = ["kind", "count", "width", "height"] as const;
/** And where its files lie in the tar of its shard, bytes. */
const PLACE = ["start", "end"] as const;

/** The tables of a batch and of a shard that has a tar. */
const [SUMMARY_FILE, TABLE_FILE] = ["summary.csv", "results.csv"];

/** Results, and failures, that the page of a batch shows: more makes no browser happy. */
const MOST_SHOWN = 2000;

/**
 * Write the summary and the page of a batch from the manifests of its shards. Of results in a tar there is no page.
 *
 * @returns why there is no page, or nothing.
 * @throws DinosegError MANIFEST_INVALID; OUTPUT_UNWRITABLE of the summary
 */
export async function writeOverview(
	context: CommandContext,
	storage: Storage,
	run: PinnedRun,
): Promise<string | undefined> {
	await writeSummary({ storage, key: SUMMARY_FILE }, runLines(storage, run), FACTS, context.temporaryFiles);
	if (run.settings["pack"] === "tar") {
		return undefined;
	}
	const figure = run.settings["figure"] === "true";
	const results: PageResult[] = [];
	const failures: PageFailure[] = [];
	for await (const line of runLines(storage, run)) {
		if (line.status === "bad" && failures.length < MOST_SHOWN) {
			failures.push({ message: line.message });
		} else if (line.status === "done" && results.length < MOST_SHOWN) {
			const { kind, count, width, height } = line.facts as Readonly<Record<(typeof FACTS)[number], number>>;
			results.push({ folder: line.path, kind: String(kind) as SegmentKind, count, width, height, figure });
		}
	}
	const [{ writeRunPage }, { pagePlace }] = await Promise.all([
		import("../page/write-run-page.ts"),
		import("../page/page-place.ts"),
	]);
	return writeRunPage(pagePlace(context, storage.uri), results, failures).then(
		(written) => (written ? undefined : `${storage.uri}: the index.html there is not by dinoseg, so it stays.`),
		(error) => shellMessage(asDinosegError(error, storage.uri)),
	);
}

/**
 * Write the table of a shard's tar: what it holds, and where.
 *
 * @throws DinosegError MANIFEST_INVALID, OUTPUT_UNWRITABLE
 */
export async function writeTarTable(
	{ temporaryFiles }: CommandContext,
	shard: Shard,
	storage: Storage,
	run: PinnedRun,
): Promise<void> {
	const lines = itemLines(shardFolder(storage.uri, shard), run);
	const key = `${shardKey(shard)}${TABLE_FILE}`;
	await writeSummary({ storage, key }, lines, [...FACTS, ...PLACE], temporaryFiles);
}
