import { formatOption, type OptionKey } from "@dinoseg/core/options";
import type { Setting } from "./settings.ts";

/** What a user types for a setting; nothing for the default. */
export function flagsOf({ options, features = "tokens" }: Setting): string {
	return features === "tokens"
		? Object.entries(options)
				.map(([key, value]) => `${flagOf(key)} ${formatOption(key as OptionKey, value)}`)
				.join(" ")
		: "";
}

/** `minArea` is `--min-area`. */
function flagOf(key: string): string {
	return key === "clusters" ? "-k" : `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
