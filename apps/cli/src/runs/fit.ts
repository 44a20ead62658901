import { type Codebook, type CodebookFit, type CodebookPart, encodeCodebook } from "@dinoseg/core/codebook";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import type { SegmentNames } from "@dinoseg/core/labels";
import { DEFAULT_MODEL_OPTIONS } from "@dinoseg/core/options";
import { WHOLE } from "@dinoseg/jobs";
import { planThroughput, type Segmenter } from "@dinoseg/node/segmenter";
import type { Command } from "commander";
import { checkOutputFile, writeFileAt } from "../buckets/file-at.ts";
import { describeClusters } from "../codebook/describe-clusters.ts";
import { readCodebook } from "../codebook/read-codebook.ts";
import { joinParts, noImage, partsPlace } from "../codebook/stored-parts.ts";
import { checkMergeFlags, useCodebook } from "../codebook/use-codebook.ts";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import { shardOf } from "../flags/batch-flags.ts";
import { checkFitFlags, checkRetryBad, type FitFlags } from "../flags/fit-flags.ts";
import { givenQueue } from "../flags/queue-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { givenNames } from "../inputs/given-names.ts";
import { exitCodeOf } from "./batch-report.ts";
import { type BatchLog, createBatchLog } from "./follow-batch.ts";
import { openOutput } from "./open-output.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { type Seen, summariseHere, summariseQueued, summariseShard } from "./summarise.ts";

/** No image was looked at. */
const NONE: Seen = { outcome: { done: 0, present: 0, bad: 0, open: 0 } };

/** Fit a codebook to images, or to what shards or workers saw of them; or add images or names to one. */
export async function fitImages(
	context: CommandContext,
	inputs: readonly string[],
	flags: FitFlags,
	given: ParsedFlags,
	command: Command,
): Promise<ExitCode> {
	const { output, merge = false, update = false, force = false } = flags;
	const url = merge || update ? flags.queue : givenQueue(context, flags);
	checkFitFlags(inputs, { ...flags, ...(url === undefined ? {} : { queue: url }) });
	if (merge) {
		checkMergeFlags(command);
	}
	const names = await givenNames(flags);
	const isWhole = merge || update || url !== undefined;
	const shard = isWhole ? { ...WHOLE, firstIndex: 1 } : shardOf(context, flags);
	const isShard = shard.count > 1;
	const isDivided = isShard || url !== undefined;
	checkRetryBad(flags, isDivided);
	if (!isShard) {
		await checkOutputFile(context, output, force || update);
	}
	const before = update ? await readCodebook(context, output) : undefined;
	const parsed = update ? await useCodebook(context, command, given, output, ["names"]) : given;
	const log = createBatchLog(context, flags.quiet === true);
	const hasInputs = inputs.length > 0 || flags.from !== undefined;
	const { sessions, imagesInFlight } = planThroughput(hasInputs ? Number.POSITIVE_INFINITY : 1, flags.concurrency);
	// Parts are fitted without their network, which this machine need not have.
	const network = merge ? { ...parsed, ...DEFAULT_MODEL_OPTIONS } : parsed;
	await using segmenter = await openSegmenter(context, flags, network, sessions);
	await using parts = merge || isDivided ? await openOutput(context, partsPlace(output)) : undefined;

	const look = async (): Promise<Seen> => {
		segmenter.validate(parsed.options);
		const images = { inputs, flags, parsed, segmenter, limit: imagesInFlight, log };
		if (parts !== undefined && url !== undefined) {
			return summariseQueued(context, images, parts, url);
		}
		tellBundledModel(context, segmenter.model, flags);
		return parts === undefined ? summariseHere(context, images) : summariseShard(context, images, parts, shard);
	};
	const seen = hasInputs ? await look() : NONE;
	const { stopped } = seen.outcome;
	if (stopped !== undefined) {
		throw stopped;
	}
	const isLeft = parts !== undefined && seen.outcome.open > 0;
	if (isShard || isLeft) {
		const path = partsPlace(output);
		return tellFit(context, { flags, log, outcome: seen.outcome, path, isKept: true });
	}
	const joined = parts === undefined ? undefined : await joinParts(parts, output);
	const part = joined?.part ?? seen.part;
	if (part === undefined && (before === undefined || hasInputs)) {
		throw noImage(output);
	}
	const fitted = await fitOrUpdate(segmenter, before, part);
	const made = { ...fitted, codebook: withNames(fitted.codebook, names) };
	await writeFileAt(context, output, encodeCodebook(made.codebook));
	const outcome = { ...seen.outcome, bad: joined?.bad ?? seen.outcome.bad };
	return tellFit(context, { flags, log, outcome, path: output, isKept: parts !== undefined, made });
}

/** A codebook, and of a new one what was chosen and is to be told. */
type Fitted = { readonly codebook: Codebook } & Partial<CodebookFit>;

async function fitOrUpdate(
	segmenter: Segmenter,
	before: Codebook | undefined,
	part: CodebookPart | undefined,
): Promise<Fitted> {
	if (before === undefined) {
		return segmenter.fit(part as CodebookPart);
	}
	return part === undefined ? { codebook: before } : segmenter.update(before, part);
}

/** A run that has ended. */
interface EndedFit {
	readonly flags: FitFlags;
	readonly log: BatchLog;
	readonly outcome: Seen["outcome"];
	/** What was written. */
	readonly path: string;
	/** @default only parts of one were written */
	readonly made?: Fitted;
	/** Whether it is known to the next run which images could not be read. */
	readonly isKept: boolean;
}

/** Tell what was found in which images. */
function tellFit(context: CommandContext, { flags, log, outcome, path, made, isKept }: EndedFit): ExitCode {
	const { done, present, bad, open } = outcome;
	const { codebook, choice = null, warnings = [] } = made ?? {};
	for (const { message } of warnings) {
		log.note(`warning ${message}`);
	}
	const images = codebook?.summary.images ?? done + present;
	const failed = bad + open;
	const clusters = codebook ? describeClusters(codebook) : [];
	const shares = clusters.map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`);
	const parts = [
		`${images} ${images === 1 ? "image" : "images"}`,
		present > 0 ? `${present} looked at before` : "",
		failed > 0 ? `${failed} could not be read` : "",
		codebook ? `${clusters.length} clusters (${shares.join(", ")})` : "",
		isKept && open > 0 ? "the same command goes on" : "",
	];
	log.note(`${parts.filter((text) => text !== "").join(", ")} → ${path}`);
	if (flags.json) {
		const document = { output: path, images, failed, failures: log.failures, clusters, choice, warnings };
		context.stdout.write(`${JSON.stringify(document, null, "\t")}\n`);
	}
	if (isKept) {
		return exitCodeOf(outcome);
	}
	return failed > 0 ? EXIT.failed : EXIT.done;
}

/**
 * A codebook whose clusters have the names that were given now, and the others those that they had.
 *
 * @throws DinosegError NAMES_INVALID for an id that it has not, and for two clusters of one name or colour
 */
function withNames(codebook: Codebook, given: SegmentNames): Codebook {
	const invalid = (message: string, ...ids: readonly number[]) =>
		new DinosegError("NAMES_INVALID", `${optionName("names")}: ${message}`, { details: { ids } });
	const { clusters } = codebook;
	const unknown = [...given.keys()].find((id) => id >= clusters);
	if (unknown !== undefined) {
		throw invalid(`names the id ${unknown}, and the codebook has the ids 0 to ${clusters - 1}.`, unknown);
	}
	const named = { ...codebook, names: new Map([...codebook.names, ...given]) };
	const owners = new Map<string, number>();
	for (const { id, name, color } of given.size > 0 ? describeClusters(named) : []) {
		for (const claim of [`the name "${name}"`, `the colour ${color}`]) {
			const other = owners.get(claim);
			if (other !== undefined) {
				throw invalid(`the clusters ${other} and ${id} would share ${claim}. Give each its own.`, other, id);
			}
			owners.set(claim, id);
		}
	}
	return named;
}
