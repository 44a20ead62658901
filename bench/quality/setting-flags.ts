import { formatOptions, type PartialOptions, resolveOptions } from "@dinoseg/core/options";
import { DEFAULT, optionsOf, PLAIN, type Setting } from "./settings.ts";

/** The flags of a setting that the plain recipe does not have. Empty for the default, whatever it is. */
export function flagsOf(setting: Setting): string {
	const clusters = 1;
	return setting === DEFAULT ? "" : difference(optionsOf(setting, clusters, 0), optionsOf(PLAIN, clusters, 0));
}

/** All flags that a user has to give for a setting. @param clusters as `optionsOf` has it. */
export function typedFlags(setting: Setting, clusters: number): string {
	return difference(optionsOf(setting, clusters, 0), {});
}

function difference(options: PartialOptions, reference: PartialOptions): string {
	const known = new Map<string, unknown>(Object.entries(formatOptions(resolveOptions(reference))));
	return Object.entries(formatOptions(resolveOptions(options)))
		.filter(([key, value]) => known.get(key) !== value)
		.map(([key, value]) => `${flagOf(key)} ${value}`)
		.join(" ");
}

/** `minArea` is `--min-area`. */
function flagOf(key: string): string {
	return key === "clusters" ? "-k" : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
