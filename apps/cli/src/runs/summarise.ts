import type { CodebookPart } from "@dinoseg/core/codebook";
import type { SegmentNames } from "@dinoseg/core/labels";
import {
	type BatchOutcome,
	type PinnedRun,
	pinRun,
	runBatch,
	type ScheduledShard,
	type Storage,
	WHOLE,
} from "@dinoseg/jobs";
import type { Segmenter } from "@dinoseg/node/segmenter";
import { partOutputs } from "../codebook/part-outputs.ts";
import { createPartSum } from "../codebook/part-sum.ts";
import type { CommandContext } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import type { FitFlags } from "../flags/fit-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import type { ImageItem } from "../inputs/batch-items.ts";
import { fitItems } from "../inputs/fit-items.ts";
import { fileSource } from "../inputs/source-of.ts";
import { settingsOf } from "./batch-settings.ts";
import type { BatchLog } from "./follow-batch.ts";
import { produceHere } from "./produce-here.ts";
import { openToldQueue, produceQueued } from "./produce-queued.ts";
import { termsOf, writeTerms } from "./run-terms.ts";

/** Images to look at for a codebook, and by what. */
export interface ToSummarise {
	readonly inputs: readonly string[];
	readonly flags: FitFlags;
	readonly parsed: ParsedFlags;
	readonly segmenter: Segmenter;
	/** Images in work at the same time, where this process looks at them. */
	readonly limit: number;
	readonly log: BatchLog;
}

/** What was seen of images. */
export interface Seen {
	readonly outcome: BatchOutcome;
	/** @default no image could be read, or what was seen is in a storage */
	readonly part?: CodebookPart | undefined;
}

/** Names are given to the clusters when these are found. */
const NO_NAMES: SegmentNames = new Map();

/** Look at every image, and keep what was seen in memory. One that cannot be read is told and left out. */
export async function summariseHere(
	context: CommandContext,
	{ inputs, flags, parsed, segmenter, limit, log }: ToSummarise,
): Promise<Seen> {
	const batch = { inputs, ...flags };
	if (flags.from !== "-") {
		log.count(fitItems(context, batch, WHOLE));
	}
	const sum = createPartSum();
	const outcome = await runBatch<ImageItem>({
		items: fitItems(context, batch, WHOLE),
		// Nothing is known of any image, and nothing is kept.
		manifest: { status: () => undefined, add: async () => {} },
		limit,
		isThere: () => false,
		async work({ input }) {
			try {
				sum.add(await segmenter.summarise(await fileSource(context, input), parsed.options));
			} catch (error) {
				throw asDinosegError(error, input);
			}
			return { mark: 0, files: {}, facts: {} };
		},
		pause: (milliseconds) => context.pause(milliseconds),
		onEvent: log.follow,
	}).finally(() => log.end());
	return { part: sum.part(), outcome };
}

/** Look at the images of a shard that nobody looked at yet, and leave what was seen in a storage. */
export async function summariseShard(
	context: CommandContext,
	{ inputs, flags, parsed, segmenter, limit, log }: ToSummarise,
	storage: Storage,
	shard: ScheduledShard,
): Promise<Seen> {
	const run = await pin(storage, { flags, parsed, segmenter }, shard);
	const terms = termsOf(context, segmenter, parsed, NO_NAMES, false);
	const outputs = partOutputs(context, { storage, segmenter, terms });
	const items = fitItems(context, { inputs, ...flags }, shard);
	return { outcome: await produceHere(context, { items, flags, shard, run, outputs, limit, log }) };
}

/** Have workers look at the images that nobody looked at yet, and leave what they saw in a storage. */
export async function summariseQueued(
	context: CommandContext,
	{ inputs, flags, parsed, segmenter, log }: ToSummarise,
	storage: Storage,
	url: string,
): Promise<Seen> {
	await using queue = await openToldQueue(url, log);
	const run = await pin(storage, { flags, parsed, segmenter }, { ...WHOLE, firstIndex: 1 });
	const terms = await writeTerms(termsOf(context, segmenter, parsed, NO_NAMES, false), storage);
	const items = fitItems(context, { inputs, ...flags }, WHOLE);
	return { outcome: await produceQueued(context, { items, flags, queue, storage, run, terms, log }) };
}

/** Note what the parts are made by. */
function pin(
	storage: Storage,
	{ flags, parsed, segmenter }: Pick<ToSummarise, "flags" | "parsed" | "segmenter">,
	{ count: shards, firstIndex }: ScheduledShard,
): Promise<PinnedRun> {
	const settings = settingsOf(segmenter, parsed, NO_NAMES, {});
	const run = { kind: "summarise", shards, firstIndex, chunks: true, settings } as const;
	return pinRun(storage, run, { force: flags.force === true });
}
