import { DinosegError } from "@dinoseg/core/errors";
import { MAX_SHARDS, parseShard, type ScheduledShard, type Shard, shardOfScheduler, WHOLE } from "@dinoseg/jobs/shard";
import { Option } from "commander";
import type { CommandContext } from "../commands/context.ts";
import type { SegmentFlags } from "../runs/segment-one.ts";
import { codebookFlag } from "./codebook-flags.ts";
import { countFlag } from "./count-flag.ts";
import { argumentOf } from "./option-flags.ts";
import { QUEUE_VARIABLE, queueFlag } from "./queue-flags.ts";
import { nonEmpty } from "./run-flags.ts";

/** What the flags of `dinoseg batch` say about the run. */
export interface BatchFlags extends SegmentFlags {
	readonly from?: string;
	readonly null?: boolean;
	readonly shard?: Shard;
	readonly shards?: number;
	readonly figure?: boolean;
	readonly pack?: "tar";
	readonly verify?: boolean;
	readonly codebook?: string;
	readonly retryBad?: boolean;
	readonly failFast?: boolean;
	readonly queue?: string;
}

/** What they say about what was done before, and about failures. */
export type ProducedFlags = Pick<BatchFlags, "force" | "verify" | "retryBad" | "failFast">;

/** Flags about a list of images. */
export const listFlags = (): Option[] => [
	new Option("--from <list>", "a file that lists images, one path a line; - for stdin").argParser(nonEmpty),
	new Option("-0, --null", "the paths of --from end with NUL, as find -print0 writes them"),
];

/** Flags about a part of the images. */
export const shardFlags = (): Option[] => [
	new Option("--shard <i/n>", "only the i-th of n parts, such as 3/100").argParser(argumentOf<Shard>(parseShard)),
	countFlag(
		"--shards <n>",
		`number of parts, where the scheduler says which one this is (Slurm, AWS Batch, Kubernetes) [1 to ${MAX_SHARDS}]`,
		{ min: 1, max: MAX_SHARDS },
	),
];

/** Flag that tries bad images again. */
export const retryBadFlag = (): Option => new Option("--retry-bad", "try again what is in quarantine");

/** Flags about what belongs to a batch, and about what was done before. */
export const batchFlags = (): Option[] => [
	codebookFlag(),
	...listFlags(),
	...shardFlags(),
	queueFlag("a queue from which workers on any machine take the images"),
	new Option("--figure", "write figure.png of each image too"),
	new Option("--pack <kind>", "all results of a part in one file: tar").choices(["tar"]),
	new Option("--verify", "read again what was written before, and make anew what has changed"),
	retryBadFlag(),
	new Option("--fail-fast", "end at the first failure"),
];

/**
 * The shard that flags and scheduler say.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function shardOf(
	{ env }: CommandContext,
	{ shard, shards }: Pick<BatchFlags, "shard" | "shards">,
): ScheduledShard {
	if (shard === undefined) {
		return shardOfScheduler(env, shards) ?? { ...WHOLE, firstIndex: 1 };
	}
	if (shards !== undefined && shards !== shard.count) {
		throw new DinosegError(
			"OPTION_INVALID",
			`--shard ${shard.number}/${shard.count} and --shards ${shards} contradict each other. Leave --shards away.`,
		);
	}
	return { ...shard, firstIndex: 1 };
}

/**
 * Throw if there is nothing to search, or a flag decides nothing.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkBatchInputs(inputs: readonly string[], flags: BatchFlags): void {
	if (inputs.length === 0 && flags.from === undefined) {
		throw new DinosegError("OPTION_INVALID", "No images are named. Name files, folders or globs, or a list by --from.");
	}
	if (inputs.includes("-")) {
		throw new DinosegError("OPTION_INVALID", "- is no image of a batch. A list on stdin is --from -.");
	}
	if (flags.null && flags.from === undefined) {
		throw new DinosegError("OPTION_INVALID", "-0 is for a list. Name one by --from, or leave it away.");
	}
}

/**
 * Throw if a flag is given that only folders can, or that decides nothing where workers do the work.
 *
 * @param isQueue whether workers do it, in place of this process.
 * @throws DinosegError OPTION_INVALID
 */
export function checkStoredFlags(flags: BatchFlags, isQueue: boolean): void {
	if (flags.pack !== undefined) {
		const where = isQueue ? "--queue" : "a bucket";
		throw new DinosegError("OPTION_INVALID", `--pack ${flags.pack} does not work with ${where} yet. Leave it away.`);
	}
	if (isQueue) {
		checkQueuedFlags(flags);
	}
}

/** Throw if a flag is given that decides nothing where workers do the work. @throws DinosegError OPTION_INVALID */
export function checkQueuedFlags(
	flags: Pick<BatchFlags, "shard" | "shards" | "failFast"> & { readonly concurrency?: number },
): void {
	const refused = [
		["--shard", flags.shard, "workers take what they can"],
		["--shards", flags.shards, "workers take what they can"],
		["--concurrency", flags.concurrency, "each worker has its own"],
		["--fail-fast", flags.failFast, "workers go on"],
	] as const;
	for (const [flag, value, why] of refused) {
		if (value !== undefined) {
			throw new DinosegError(
				"OPTION_INVALID",
				`${flag} has nothing to decide with --queue or ${QUEUE_VARIABLE}: ${why}. Leave it away.`,
			);
		}
	}
}
