import { DinosegError, optionName } from "@dinoseg/core/errors";
import { hashPath } from "./path-hash.ts";

/** One of the parts that a batch is divided into. */
export interface Shard {
	/** 1 to `count`. */
	readonly number: number;
	readonly count: number;
}

/** Shards of one batch: more than schedulers take, and a folder for each is still quick to list. */
export const MAX_SHARDS = 100_000;

/** Everything in one part. */
export const WHOLE: Shard = { number: 1, count: 1 };

/**
 * Whether an item belongs to a shard: every item to exactly one, whatever else the batch holds.
 *
 * @param path as `hashPath`.
 */
export function isInShard(path: string, { number, count }: Shard): boolean {
	if (count === 1) {
		return true;
	}
	const { high, low } = hashPath(path);
	// The rest of the 64 bits, in steps that stay exact.
	return (((high % count) * (2 ** 32 % count) + (low % count)) % count) + 1 === number;
}

/**
 * Read `3/100`: the third of a hundred.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseShard(text: string): Shard {
	const [, number, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
	const shard = { number: Number(number), count: Number(count) };
	if (number === undefined || shard.count < 1 || shard.count > MAX_SHARDS || !isNumberOf(shard)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${optionName("shard")} must be a number and how many there are, such as 3/100: from 1/1 to ${MAX_SHARDS}/${MAX_SHARDS}, got "${text}".`,
			{ details: { option: "shard", value: text } },
		);
	}
	return shard;
}

function isNumberOf({ number, count }: Shard): boolean {
	return Number.isSafeInteger(number) && number >= 1 && number <= count;
}

/** What a scheduler of array jobs tells a task. */
interface Scheduler {
	readonly name: string;
	readonly index: string;
	/** The variable of how many there are. @default it does not say */
	readonly count?: string;
	/** The variable of the first index. @default they begin at 0 */
	readonly first?: string;
}

/**
 * Sources: Slurm's `sbatch` (array jobs), Kubernetes' indexed Jobs (`JOB_COMPLETION_INDEX`), AWS Batch's array jobs.
 */
const SCHEDULERS: readonly Scheduler[] = [
	{
		name: "Slurm",
		index: "SLURM_ARRAY_TASK_ID",
		count: "SLURM_ARRAY_TASK_COUNT",
		first: "SLURM_ARRAY_TASK_MIN",
	},
	{ name: "AWS Batch", index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE" },
	{ name: "Kubernetes", index: "JOB_COMPLETION_INDEX" },
];

/** A shard, and how the scheduler that gave it counts. */
export interface ScheduledShard extends Shard {
	/** The scheduler's index of shard 1. */
	readonly firstIndex: number;
}

/**
 * The shard that the scheduler of this process says, if there is one.
 *
 * @param count how many shards there are, for schedulers that do not say; it must be what one says that does.
 * @throws DinosegError OPTION_INVALID where only the index or only the count is known, or one is no number in its range.
 */
export function shardOfScheduler(
	env: Readonly<Record<string, string | undefined>>,
	count?: number,
): ScheduledShard | undefined {
	const scheduler = SCHEDULERS.find(({ index }) => env[index] !== undefined);
	if (scheduler === undefined) {
		if (count === undefined) {
			return undefined;
		}
		throw new DinosegError(
			"OPTION_INVALID",
			`${optionName("shards")} ${count} says how many shards there are, but nothing which this one is: none of ${SCHEDULERS.map(({ index }) => index).join(", ")} is set. Say it by ${optionName("shard")}, such as 3/${count}.`,
			{ details: { option: "shards", value: count } },
		);
	}
	const index = readVariable(env, scheduler.index) as number;
	const firstIndex = (scheduler.first && readVariable(env, scheduler.first)) || 0;
	const told = scheduler.count === undefined ? undefined : readVariable(env, scheduler.count);
	const known = told ?? count;
	if (known === undefined) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${scheduler.index} is ${index}, but nothing says how many shards there are. Say it by ${optionName("shards")}, or ${optionName("shard")} 1/1 for all images.`,
			{ details: { variable: scheduler.index } },
		);
	}
	if (count !== undefined && count !== known) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${optionName("shards")} is ${count}, but ${scheduler.count} is ${known}. Leave ${optionName("shards")} away, or submit as many tasks.`,
			{ details: { option: "shards", value: count, variable: scheduler.count ?? "" } },
		);
	}
	const shard = { number: index - firstIndex + 1, count: known, firstIndex };
	if (!isNumberOf(shard)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${scheduler.index} must be ${firstIndex} to ${firstIndex + known - 1}, as there are ${known} shards, got ${index}. Submit the indices without gaps and steps.`,
			{ details: { variable: scheduler.index, value: index } },
		);
	}
	return shard;
}

function readVariable(env: Readonly<Record<string, string | undefined>>, name: string): number | undefined {
	const text = env[name];
	if (text === undefined) {
		return undefined;
	}
	const value = Number(text);
	if (!/^\d+$/.test(text) || value > Number.MAX_SAFE_INTEGER) {
		throw new DinosegError("OPTION_INVALID", `${name} must be an integer of at least 0, got "${text}".`, {
			details: { variable: name, value: text },
		});
	}
	return value;
}

/** `3,17,40-44`: numbers in ascending order, runs of them joined, as schedulers read them. */
export function formatIndices(indices: readonly number[]): string {
	const runs: [first: number, last: number][] = [];
	for (const index of indices) {
		const run = runs.at(-1);
		if (run !== undefined && run[1] + 1 === index) {
			run[1] = index;
		} else {
			runs.push([index, index]);
		}
	}
	return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
