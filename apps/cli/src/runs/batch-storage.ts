import { pinRun } from "@dinoseg/jobs";
import type { CommandContext, ExitCode } from "../commands/context.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import { type BatchFlags, checkBatchInputs, checkStoredFlags, shardOf } from "../flags/batch-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { batchItems } from "../inputs/batch-items.ts";
import { givenNames } from "../inputs/given-names.ts";
import { reportBatch } from "./batch-report.ts";
import { settingsOf } from "./batch-settings.ts";
import { createBatchLog } from "./follow-batch.ts";
import { openOutput } from "./open-output.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { planBatch } from "./plan-batch.ts";
import { produceHere } from "./produce-here.ts";
import { termsOf } from "./run-terms.ts";
import { storedOutputs } from "./stored-outputs.ts";

/** Segment every image of a shard that is not done yet, into a bucket. */
export async function runStoredBatch(
	context: CommandContext,
	inputs: readonly string[],
	flags: BatchFlags,
	parsed: ParsedFlags,
): Promise<ExitCode> {
	checkBatchInputs(inputs, flags);
	checkStoredFlags(flags, false);
	const { output, force = false } = flags;
	const shard = shardOf(context, flags);
	const names = await givenNames(flags, parsed);
	const { limit, sessions } = planBatch(flags.concurrency);
	await using storage = await openOutput(context, output);
	await using segmenter = await openSegmenter(context, flags, parsed, sessions);
	segmenter.validate(parsed.options);
	const settings = settingsOf(segmenter, parsed, names, flags);
	const { count: shards, firstIndex } = shard;
	const pinned = { kind: "segment", shards, firstIndex, chunks: true, settings } as const;
	const run = await pinRun(storage, pinned, { force });
	tellBundledModel(context, segmenter.model, flags);
	const start = context.now();
	const log = createBatchLog(context, flags.quiet === true);
	const terms = termsOf(context, segmenter, parsed, names, flags.figure === true);
	const outputs = storedOutputs(context, { storage, segmenter, terms });
	const items = batchItems(context, { inputs, ...flags }, shard);
	const outcome = await produceHere(context, { items, flags, shard, run, outputs, limit, log });
	return await reportBatch(context, { flags, storage, run, shard, outcome, log, start });
}
