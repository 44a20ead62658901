import { DinosegError } from "@dinoseg/core/errors";
import { openManifest, pinRun, readManifest, runBatch, shardFolder } from "@dinoseg/jobs";
import { type FolderLock, lockFolder } from "@dinoseg/node/files";
import type { CommandContext, ExitCode } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import { type BatchFlags, checkBatchInputs, shardOf } from "../flags/batch-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { batchItems, type ImageItem } from "../inputs/batch-items.ts";
import { givenNames } from "../inputs/given-names.ts";
import { reportBatch } from "./batch-report.ts";
import { settingsOf } from "./batch-settings.ts";
import { createBatchLog } from "./follow-batch.ts";
import { openOutput } from "./open-output.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { planBatch } from "./plan-batch.ts";

/** Segment every image of a shard that is not done yet. */
export async function runBatchShard(
	context: CommandContext,
	inputs: readonly string[],
	flags: BatchFlags,
	parsed: ParsedFlags,
): Promise<ExitCode> {
	checkBatchInputs(inputs, flags);
	const { temporaryFiles } = context;
	const { output, force = false } = flags;
	const shard = shardOf(context, flags);
	const names = await givenNames(flags, parsed);
	await using storage = await openOutput(context, output);
	const { limit, sessions } = planBatch(flags.concurrency);
	const folder = shardFolder(output, shard);
	const lock = await lockFolder(folder, temporaryFiles);
	const withdraw = context.onInterrupt(() => lock.release());
	try {
		// While the segmenter's thread starts, this one reads what was done, and loads what saves results.
		const [opened, known, { folderOutputs, tarOutputs }, { writeTarTable }] = await Promise.all([
			openSegmenter(context, flags, parsed, sessions),
			force || flags.verify ? undefined : readManifest(folder),
			import("./batch-outputs.ts"),
			import("./write-overview.ts"),
		]);
		await using segmenter = opened;
		segmenter.validate(parsed.options);
		const settings = settingsOf(segmenter, parsed, names, flags);
		const { count: shards, firstIndex } = shard;
		const pinned = { kind: "segment", shards, firstIndex, chunks: false, settings } as const;
		const run = await pinRun(storage, pinned, { force });
		const { options, used } = parsed;
		const maker = { context, segmenter, names, flags, options, used };
		const kept = flags.pack === "tar" ? tarOutputs(maker, folder) : folderOutputs(maker);
		const read = flags.verify && !force ? await readManifest(folder, kept.isSame) : known;
		await using manifest = await openManifest(folder, { run: run.id, read });
		await using outputs = await kept.open(manifest.largestMark);
		tellBundledModel(context, segmenter.model, flags);
		const start = context.now();
		const log = createBatchLog(context, flags.quiet === true);
		const batch = { inputs, ...flags };
		if (flags.from !== "-") {
			log.count(batchItems(context, batch, shard));
		}
		const outcome = await runBatch<ImageItem>({
			items: batchItems(context, batch, shard),
			manifest,
			limit,
			isThere: outputs.isThere,
			async work(item, isChanged) {
				try {
					const line = await outputs.work(item, isChanged);
					await checkLock(lock, folder);
					return line;
				} catch (error) {
					throw asDinosegError(error, item.input);
				}
			},
			retryBad: flags.retryBad === true,
			failFast: flags.failFast === true,
			pause: (milliseconds) => context.pause(milliseconds),
			onEvent: log.follow,
		}).finally(() => log.end());
		if (flags.pack === "tar") {
			await writeTarTable(context, shard, storage, run);
		}
		return await reportBatch(context, { flags, storage, run, shard, outcome, log, start });
	} finally {
		withdraw();
		lock.release();
	}
}

/** A process that stood still for long may have lost its shard: the manifest is the other's then. */
async function checkLock(lock: FolderLock, folder: string): Promise<void> {
	if (!(await lock.isHeld())) {
		throw new DinosegError(
			"OUTPUT_IN_USE",
			`${folder}: another dinoseg took this shard over, as this one gave no sign of life. Leave it to that one.`,
			{ details: { folder } },
		);
	}
}
