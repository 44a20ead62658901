import type { BatchOutcome, Shard } from "@dinoseg/jobs";
import { EXIT, type ExitCode } from "../commands/context.ts";
import { shellMessage } from "../flags/shell-message.ts";
import type { ToldFailure } from "./follow-batch.ts";

/** What a batch came to, in words. */
export function describeOutcome({ done, present, bad, open, stopped }: BatchOutcome): string {
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
export function batchDocument(shard: Shard, outcome: BatchOutcome, failures: readonly ToldFailure[]): string {
	const { stopped, ...counts } = outcome;
	const end = stopped ? { code: stopped.code, message: shellMessage(stopped) } : null;
	const document = { shard: shard.number, shards: shard.count, ...counts, stopped: end, failures };
	return `${JSON.stringify(document, null, "\t")}\n`;
}
