import { DinosegError, optionName } from "@dinoseg/core/errors";
import { formatIndices, indexOfShard, type PinnedRun, readRun, type Storage, shardStates } from "@dinoseg/jobs";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { openOutput } from "./open-output.ts";
import { writeOverview } from "./write-overview.ts";

export interface StatusFlags {
	readonly missing?: boolean;
	readonly json?: boolean;
}

/**
 * Tell how far a batch is.
 *
 * @returns 0 where every shard is complete.
 */
export async function tellStatus(context: CommandContext, output: string, flags: StatusFlags): Promise<ExitCode> {
	const { stdout } = context;
	await using storage = await openOutput(context, output);
	const run = await findRun(storage, output);
	const { done, bad, missing } = await sumUp(storage, run);
	if (flags.json) {
		const document = { shards: run.shards, complete: run.shards - missing.length, done, bad, missing };
		stdout.write(`${JSON.stringify(document, null, "\t")}\n`);
	} else if (flags.missing) {
		stdout.write(missing.length > 0 ? `--array=${formatIndices(missing)}\n` : "");
	} else {
		const parts = [`${done} done`, bad > 0 ? `${bad} in quarantine` : "", describeShards(run, missing)];
		stdout.write(`${output}: ${parts.filter((part) => part !== "").join(", ")}\n`);
	}
	return missing.length > 0 ? EXIT.failed : EXIT.done;
}

/** Join what the shards of a batch say: the summary and the page of all images. */
export async function mergeBatch(context: CommandContext, output: string): Promise<ExitCode> {
	await using storage = await openOutput(context, output);
	const run = await findRun(storage, output);
	if (run.kind !== "segment") {
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			`${output}: holds parts of a codebook, and no results. Join them by dinoseg fit ${optionName("merge")}.`,
			{ details: { output } },
		);
	}
	const { done, bad, missing } = await sumUp(storage, run);
	const warning = await writeOverview(context, storage, run);
	if (warning !== undefined) {
		context.stderr.write(`warning ${warning}\n`);
	}
	const quarantine = bad > 0 ? `, ${bad} in quarantine` : "";
	context.stderr.write(
		`${output}: ${done} done${quarantine}, ${describeShards(run, missing)} → summary.csv, index.html\n`,
	);
	return missing.length > 0 ? EXIT.failed : EXIT.done;
}

async function findRun(storage: Storage, output: string): Promise<PinnedRun> {
	const run = await readRun(storage);
	if (run === undefined) {
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			`${output}: holds no batch (run.json). Name the ${optionName("output")} folder of dinoseg batch, or the .parts folder of dinoseg fit.`,
			{ details: { output } },
		);
	}
	return run;
}

/** The shards that are not complete, as the scheduler counts, and the images of all. */
async function sumUp(storage: Storage, run: PinnedRun) {
	let [done, bad] = [0, 0];
	const missing: number[] = [];
	for await (const state of shardStates(storage, run)) {
		done += state.done;
		bad += state.bad;
		if (!state.isComplete) {
			missing.push(indexOfShard(state, run));
		}
	}
	return { done, bad, missing };
}

function describeShards({ shards }: PinnedRun, missing: readonly number[]): string {
	if (shards === 1) {
		return missing.length === 0 ? "complete" : "not complete: the same command goes on";
	}
	return `${shards - missing.length} of ${shards} shards complete`;
}
