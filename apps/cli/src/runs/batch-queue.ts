import { pinRun, type Storage, WHOLE } from "@dinoseg/jobs";
import type { CommandContext, ExitCode } from "../commands/context.ts";
import { type BatchFlags, checkBatchInputs, checkStoredFlags } from "../flags/batch-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { batchItems } from "../inputs/batch-items.ts";
import { givenNames } from "../inputs/given-names.ts";
import { reportBatch } from "./batch-report.ts";
import { settingsOf } from "./batch-settings.ts";
import { createBatchLog } from "./follow-batch.ts";
import { openOutput } from "./open-output.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { openToldQueue, produceQueued } from "./produce-queued.ts";
import { termsOf, writeTerms } from "./run-terms.ts";

/** Put every image that is not done yet into a queue, and wait until workers have segmented them. */
export async function runQueuedBatch(
	context: CommandContext,
	inputs: readonly string[],
	flags: BatchFlags & { readonly queue: string },
	parsed: ParsedFlags,
): Promise<ExitCode> {
	checkBatchInputs(inputs, flags);
	checkStoredFlags(flags, true);
	const { output, quiet = false, queue: url } = flags;
	const start = context.now();
	const log = createBatchLog(context, quiet);
	await using storage = await openOutput(context, output);
	await using queue = await openToldQueue(url, log);
	const { run, terms } = await beginRun(context, flags, parsed, storage);
	const items = batchItems(context, { inputs, ...flags }, WHOLE);
	const outcome = await produceQueued(context, { items, flags, queue, storage, run, terms, log });
	return reportBatch(context, { flags, storage, run, shard: WHOLE, outcome, log, start });
}

/** Note what the run is made by, beside its results. The model is loaded for that, since its weights count. */
async function beginRun(context: CommandContext, flags: BatchFlags, parsed: ParsedFlags, storage: Storage) {
	const names = await givenNames(flags, parsed);
	await using segmenter = await openSegmenter(context, flags, parsed);
	segmenter.validate(parsed.options);
	const settings = settingsOf(segmenter, parsed, names, flags);
	const pinned = { kind: "segment", shards: 1, firstIndex: 1, chunks: true, settings } as const;
	const run = await pinRun(storage, pinned, { force: flags.force === true });
	const terms = termsOf(context, segmenter, parsed, names, flags.figure === true);
	return { run, terms: await writeTerms(terms, storage) };
}
