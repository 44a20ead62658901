import { DinosegError } from "@dinoseg/core/errors";
import { isDynamicPattern } from "tinyglobby";
import type { SearchFilter } from "./image-files.ts";
import type { FoundImage } from "./name-outputs.ts";
import { describeSkipped, type SkippedCounts } from "./skipped-files.ts";

/** An argument that gave no picture. The other inputs still run. */
export interface InputFailure {
	readonly input: string;
	readonly error: DinosegError;
}

/** What an input leads to, some at a time: images, parts that cannot be searched, and what is not read. */
export type Expansion = AsyncGenerator<ExpansionStep[]>;
export type ExpansionStep = FoundImage | InputFailure | { readonly skipped: string };

/** The error for a folder without images. */
export function emptyFolder(input: string, skipped: SkippedCounts, { extensions }: SearchFilter): DinosegError {
	const others = describeSkipped(skipped);
	return new DinosegError(
		"INPUT_EMPTY",
		`${input}: no images in this folder that can be read${others === undefined ? "" : ` (${others})`}. Known extensions are ${extensions.join(" ")}; folders that hold results (segments.json) are not searched.`,
	);
}

/** The error for a glob that finds nothing. */
export function noMatch(pattern: string): DinosegError {
	return new DinosegError(
		"INPUT_NOT_FOUND",
		`${pattern}: no image matches this pattern. Check the path, and quote the pattern so that the shell leaves it alone.`,
	);
}

/** The folders of a pattern before its first part with a wildcard. */
export function fixedPart(pattern: string): string {
	const parts = pattern.split("/");
	const firstDynamic = parts.findIndex((part) => isDynamicPattern(part));
	const fixed = parts.slice(0, firstDynamic === -1 ? parts.length - 1 : firstDynamic);
	return fixed.length === 1 && fixed[0] === "" ? "/" : fixed.join("/");
}
