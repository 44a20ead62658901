import { DinosegError } from "@dinoseg/core/errors";
import { CODEBOOK_OPTION_KEYS } from "@dinoseg/core/options";
import { Option } from "commander";
import { type BatchFlags, checkQueuedFlags, listFlags, retryBadFlag, shardFlags } from "./batch-flags.ts";
import { namesFlag } from "./names-flag.ts";
import { optionFlag, optionFlags } from "./option-flags.ts";
import { queueFlag } from "./queue-flags.ts";
import { presetFlag } from "./read-flags.ts";
import { cacheFlag, concurrencyFlag, outputFlags } from "./run-flags.ts";

/** What the flags of `dinoseg fit` say about the run. */
export interface FitFlags extends Pick<BatchFlags, "from" | "null" | "shard" | "shards" | "retryBad"> {
	readonly output: string;
	readonly cache: boolean;
	readonly concurrency?: number;
	readonly names?: string;
	readonly update?: boolean;
	readonly merge?: boolean;
	readonly queue?: string;
	readonly force?: boolean;
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** Options that decide which network there is and what is read, beside those of the codebook itself. */
const OTHERS = ["model", "dtype", "device", "maxPixels", "page"];

const CLUSTERS_HELP = "number of clusters; with auto or a range it is chosen for all images together";

/** All flags of `dinoseg fit`. */
export const fitFlags = (): Option[] => [
	...optionFlags("pixels", "tokens", "clusters")
		.filter((flag) => [...CODEBOOK_OPTION_KEYS, ...OTHERS].includes(flag.attributeName()))
		.map((flag) => (flag.attributeName() === "clusters" ? optionFlag("clusters", CLUSTERS_HELP) : flag)),
	presetFlag(),
	namesFlag(),
	...outputFlags("scene.codebook", "file to write"),
	...listFlags(),
	...shardFlags(),
	queueFlag("a queue from which workers on any machine take the images"),
	retryBadFlag(),
	new Option("--merge", "join what shards or workers left beside the file, and fit it"),
	new Option("--update", "add images, or names, to the codebook that is there; its ids stay"),
	cacheFlag(),
	concurrencyFlag(),
];

/**
 * Throw if there is nothing to do, or flags contradict each other.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkFitFlags(inputs: readonly string[], flags: FitFlags): void {
	const invalid = (message: string) => new DinosegError("OPTION_INVALID", message);
	const { merge, update, from, names, shard, shards, queue } = flags;
	const hasInputs = inputs.length > 0 || from !== undefined;
	if (inputs.includes("-")) {
		throw invalid("- is no image of a codebook. A list on stdin is --from -.");
	}
	if (flags.null && from === undefined) {
		throw invalid("-0 is for a list. Name one by --from, or leave it away.");
	}
	const isDivided = shard !== undefined || shards !== undefined || queue !== undefined;
	if (merge && (hasInputs || update || isDivided)) {
		throw invalid("--merge joins parts that are there. Leave images, --update, --shard and --queue away.");
	}
	if (update && isDivided) {
		throw invalid("--update adds images in one run. Leave --shard and --queue away.");
	}
	if (queue !== undefined) {
		checkQueuedFlags(flags);
	}
	if (!merge && !hasInputs && !(update && names !== undefined)) {
		throw invalid("No images are named. Name files, folders or globs, or a list by --from.");
	}
}

/**
 * Throw if bad images are to be tried again where none is known of an earlier run.
 *
 * @param isKept whether the run keeps what it saw beside the codebook.
 * @throws DinosegError OPTION_INVALID
 */
export function checkRetryBad({ retryBad }: FitFlags, isKept: boolean): void {
	if (retryBad && !isKept) {
		throw new DinosegError(
			"OPTION_INVALID",
			"--retry-bad has nothing to decide here: only --shard and --queue keep what is in quarantine. Leave it away.",
		);
	}
}
