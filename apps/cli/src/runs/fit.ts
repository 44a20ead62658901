import {
	type Codebook,
	type CodebookFit,
	type CodebookPart,
	codebookOptions,
	createSummarySum,
	emptySummary,
	encodeCodebook,
	encodeCodebookPart,
	mergeParts,
} from "@dinoseg/core/codebook";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import type { SegmentNames } from "@dinoseg/core/labels";
import { DEFAULT_MODEL_OPTIONS, resolveOptions } from "@dinoseg/core/options";
import { type Shard, WHOLE } from "@dinoseg/jobs";
import { planThroughput, type Segmenter } from "@dinoseg/node/segmenter";
import type { Command } from "commander";
import { checkOutputFile, writeFileAt } from "../buckets/file-at.ts";
import { partPath, readCodebook, readParts } from "../codebook/codebook-files.ts";
import { describeClusters } from "../codebook/describe-clusters.ts";
import { checkMergeFlags, useCodebook } from "../codebook/use-codebook.ts";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import { shardOf } from "../flags/batch-flags.ts";
import { checkFitFlags, type FitFlags } from "../flags/fit-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { batchItems, type ImageItem } from "../inputs/batch-items.ts";
import { givenNames } from "../inputs/given-names.ts";
import { eachOf } from "../inputs/image-files.ts";
import { fileSource } from "../inputs/source-of.ts";
import { type BatchLog, createBatchLog } from "./follow-batch.ts";
import { openSegmenter } from "./open-segmenter.ts";

/** What a run has to say of the images that it saw. */
interface Seen {
	/** None if no image could be read. */
	readonly part: CodebookPart | undefined;
	readonly failed: number;
}

/** Fit a codebook to images, or to what shards saw of them; or add images or names to one. */
export async function fitImages(
	context: CommandContext,
	inputs: readonly string[],
	flags: FitFlags,
	given: ParsedFlags,
	command: Command,
): Promise<ExitCode> {
	checkFitFlags(inputs, flags);
	const { output, merge = false, update = false, force = false } = flags;
	if (merge) {
		checkMergeFlags(command);
	}
	const names = await givenNames(flags);
	const shard = merge || update ? WHOLE : shardOf(context, flags);
	const path = shard.count === 1 ? output : partPath(output, shard);
	await checkOutputFile(context, path, force || update);
	const before = update ? await readCodebook(context, output) : undefined;
	const parsed = update ? await useCodebook(context, command, given, output, ["names"]) : given;
	const log = createBatchLog(context, flags.quiet === true);
	const hasInputs = inputs.length > 0 || flags.from !== undefined;
	const { sessions, imagesInFlight } = planThroughput(hasInputs ? Number.POSITIVE_INFINITY : 1, flags.concurrency);
	// Parts are fitted without their network, which this machine need not have.
	const network = merge ? { ...parsed, ...DEFAULT_MODEL_OPTIONS } : parsed;
	await using segmenter = await openSegmenter(context, flags, network, sessions);
	let seen: Seen = { part: undefined, failed: 0 };
	if (merge) {
		seen = { part: await joinParts(context, output), failed: 0 };
	} else if (hasInputs) {
		segmenter.validate(parsed.options);
		tellBundledModel(context, segmenter.model, flags);
		seen = await summariseAll(context, segmenter, { inputs, ...flags }, shard, parsed, imagesInFlight, log);
	}
	const { failed } = seen;
	// Few images may leave a shard none: its part says so, for the others wait for it.
	const part = seen.part ?? (shard.count > 1 && failed === 0 ? emptyPart(segmenter, parsed) : undefined);
	if (part === undefined && (before === undefined || hasInputs)) {
		throw new DinosegError("INPUT_EMPTY", `${path}: is not written, for there is no image that can be read.`);
	}
	const isPart = shard.count > 1 && part !== undefined;
	const write = (bytes: Uint8Array) => writeFileAt(context, path, bytes);
	let made: { readonly codebook?: Codebook } & Partial<Pick<CodebookFit, "choice" | "warnings">> = {};
	if (isPart) {
		await write(encodeCodebookPart(part));
	} else {
		made = await fitOrUpdate(segmenter, before, part);
		const codebook = withNames(made.codebook as Codebook, names);
		made = { ...made, codebook };
		await write(encodeCodebook(codebook));
	}
	for (const { message } of made.warnings ?? []) {
		log.note(`warning ${message}`);
	}
	const images = (made.codebook ?? part)?.summary.images ?? 0;
	const clusters = made.codebook ? describeClusters(made.codebook) : [];
	const shares = clusters.map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`);
	const found = made.codebook ? `, ${clusters.length} clusters (${shares.join(", ")})` : "";
	const left = failed > 0 ? `, ${failed} could not be read` : "";
	log.note(`${images} ${images === 1 ? "image" : "images"}${left}${found} → ${path}`);
	if (flags.json) {
		const { choice, warnings = [] } = made;
		const document = {
			output: path,
			images,
			failed,
			failures: log.failures,
			clusters,
			choice: choice ?? null,
			warnings,
		};
		context.stdout.write(`${JSON.stringify(document, null, "\t")}\n`);
	}
	return failed > 0 ? EXIT.failed : EXIT.done;
}

function emptyPart({ model: { config, ...model } }: Segmenter, { options }: ParsedFlags): CodebookPart {
	const resolved = resolveOptions(options);
	const summary = emptySummary(resolved.layer.length * config.hiddenSize);
	return { model, options: codebookOptions(resolved), summary };
}

async function fitOrUpdate(
	segmenter: Segmenter,
	before: Codebook | undefined,
	part: CodebookPart | undefined,
): Promise<{ readonly codebook: Codebook } & Partial<CodebookFit>> {
	if (before === undefined) {
		return segmenter.fit(part as CodebookPart);
	}
	return part === undefined ? { codebook: before } : segmenter.update(before, part);
}

/** Look at every image; one that cannot be read is told and left out. */
async function summariseAll(
	context: CommandContext,
	segmenter: Segmenter,
	batch: Parameters<typeof batchItems>[1],
	shard: Shard,
	{ options }: ParsedFlags,
	limit: number,
	log: BatchLog,
): Promise<Seen> {
	if (batch.from !== "-") {
		log.count(batchItems(context, batch, shard));
	}
	let first: CodebookPart | undefined;
	let sum: ReturnType<typeof createSummarySum> | undefined;
	let failed = 0;
	const summarise = async (item: ImageItem): Promise<void> => {
		log.follow({ type: "start", item });
		try {
			const part = await segmenter.summarise(await fileSource(context, item.input), options);
			first ??= part;
			sum ??= createSummarySum(part.summary.moments.dim);
			sum.add(part.summary);
			log.follow({ type: "done", item });
		} catch (error) {
			failed += 1;
			log.follow({ type: "failed", item, error: asDinosegError(error, item.input), isKept: false });
		}
	};
	const items = eachOf(batchItems(context, batch, shard));
	const work = async (): Promise<void> => {
		for (let next = await items.next(); !next.done; next = await items.next()) {
			if ("error" in next.value) {
				failed += 1;
				log.follow({ type: "gap", error: next.value.error });
			} else {
				await summarise(next.value);
			}
		}
	};
	try {
		await Promise.all(Array.from({ length: limit }, work));
	} finally {
		log.end();
	}
	return { part: first && sum ? { ...first, summary: sum.summary() } : undefined, failed };
}

/** @throws DinosegError as `readParts`; CODEBOOK_INVALID that names what differs, INPUT_EMPTY for parts without images */
async function joinParts(context: CommandContext, output: string): Promise<CodebookPart> {
	const joined = await mergeParts(readParts(context, output));
	if (joined.summary.images === 0) {
		throw new DinosegError("INPUT_EMPTY", `${output}: is not written, for its parts have no image.`);
	}
	return joined;
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
