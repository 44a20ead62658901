import { DinosegError } from "@dinoseg/core/errors";
import { checkOption } from "@dinoseg/core/options";
import type { SegmenterOptions } from "./types.ts";

/** A caller in plain JavaScript can give anything. */
const OPTION_KEYS: Readonly<Record<keyof SegmenterOptions, true>> = {
	model: true,
	hub: true,
	dtype: true,
	device: true,
	sessions: true,
	threads: true,
	cache: true,
	cacheFolder: true,
	cacheBytes: true,
	memoryBytes: true,
	temporaryFiles: true,
};

/** An option that does not exist is an error, never ignored: callers from JavaScript have no compiler to tell them. */
export function checkSegmenterOptions(options: SegmenterOptions): void {
	for (const [key, value] of Object.entries(options)) {
		if (!Object.hasOwn(OPTION_KEYS, key)) {
			throw invalidOption(
				key,
				String(value),
				`unknown option "${key}". Known are ${Object.keys(OPTION_KEYS).join(", ")}.`,
			);
		}
	}
	const { cache, cacheFolder: folder } = options;
	if (cache !== undefined && typeof cache !== "boolean") {
		throw invalidOption("cache", String(cache), `cache must be true or false, got ${String(cache)}.`);
	}
	if (folder === "") {
		throw invalidOption("cacheFolder", folder, "cacheFolder must be a path, got an empty text.");
	}
	// Which devices there are is known where the network runs: `checkDevice`.
	for (const key of ["model", "dtype"] as const) {
		if (options[key] !== undefined) {
			checkOption(key, options[key]);
		}
	}
}

function invalidOption(option: string, value: string, message: string): DinosegError {
	return new DinosegError("OPTION_INVALID", message, { details: { option, value } });
}
