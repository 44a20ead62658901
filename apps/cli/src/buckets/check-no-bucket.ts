import { DinosegError } from "@dinoseg/core/errors";
import type { Command } from "commander";
import { isBucketUri } from "./bucket-uri.ts";

/** Commands that read from buckets, or write to them. */
const WITH_BUCKETS: ReadonlySet<string> = new Set(["segment", "fit", "apply", "batch", "status", "merge", "features"]);

/**
 * Throw for an address in a bucket where a command takes files only: it would become a folder of that name.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkNoBucket(command: Command): void {
	const words: readonly unknown[] = [...command.args, ...Object.values(command.opts())];
	const uri = words.find((word): word is string => typeof word === "string" && isBucketUri(word));
	if (uri !== undefined && !WITH_BUCKETS.has(command.name())) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${uri}: dinoseg ${command.name()} takes files and folders of this machine only. Commands that take s3:// addresses are ${[...WITH_BUCKETS].join(", ")}.`,
		);
	}
}
