import type { BatchOutcome, PinnedRun, Shard, Storage } from "@dinoseg/jobs";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import type { BatchFlags } from "../flags/batch-flags.ts";
import { shellMessage } from "../flags/shell-message.ts";
import { describeDuration } from "../progress/progress.ts";
import type { BatchLog, ToldFailure } from "./follow-batch.ts";

/** A batch that has ended, or its shard. */
export interface EndedBatch {
	readonly flags: BatchFlags;
	readonly storage: Storage;
	readonly run: PinnedRun;
	readonly shard: Shard;
	readonly outcome: BatchOutcome;
	readonly log: BatchLog;
	/** When it began, as `CommandContext.now`. */
	readonly start: number;
}

/**
 * Write the overview of a whole batch, and tell what it came to.
 *
 * @throws DinosegError MANIFEST_INVALID, STORAGE_*; OUTPUT_UNWRITABLE of the summary
 */
export async function reportBatch(
	context: CommandContext,
	{ flags, storage, run, shard, outcome, log, start }: EndedBatch,
): Promise<ExitCode> {
	const { writeOverview } = await import("./write-overview.ts");
	const warning = shard.count === 1 && !outcome.stopped ? await writeOverview(context, storage, run) : undefined;
	if (warning !== undefined) {
		log.note(`warning ${warning}`);
	}
	const part = shard.count === 1 ? "" : `, shard ${shard.number} of ${shard.count}`;
	log.note(`${describeOutcome(outcome)}, ${describeDuration(context.now() - start)}${part} → ${flags.output}`);
	if (flags.json) {
		context.stdout.write(batchDocument(shard, outcome, log.failures));
	}
	return exitCodeOf(outcome);
}

/** What a batch came to, in words. */
function describeOutcome({ done, present, bad, open, stopped }: BatchOutcome): string {
	const parts = [
		`${done} done`,
		present > 0 ? `${present} done already` : "",
		bad > 0 ? `${bad} in quarantine` : "",
		open > 0 ? `${open} failed` : "",
		stopped ? "ended early: the same command goes on" : "",
	];
	return parts.filter((part) => part !== "").join(", ");
}

/** As docs/batch.md says. */
export function exitCodeOf({ bad, open, stopped }: BatchOutcome): ExitCode {
	if (open > 0 || stopped) {
		return EXIT.failed;
	}
	return bad > 0 ? EXIT.quarantined : EXIT.done;
}

/** The document that `--json` prints. */
function batchDocument(shard: Shard, outcome: BatchOutcome, failures: readonly ToldFailure[]): string {
	const { stopped, ...counts } = outcome;
	const end = stopped ? { code: stopped.code, message: shellMessage(stopped) } : null;
	const document = { shard: shard.number, shards: shard.count, ...counts, stopped: end, failures };
	return `${JSON.stringify(document, null, "\t")}\n`;
}
