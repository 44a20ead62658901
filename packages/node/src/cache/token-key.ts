import { createHash } from "node:crypto";
import type { Facet, PreprocessorConfig, SegmentationOptions } from "@dinoseg/core";
import { TOKEN_FILE_VERSION } from "./token-file.ts";

/** What decides how a network sees any picture. */
export interface NetworkKeyParts {
	/** Digest of the model. */
	readonly model: string;
	/** Size of the network's input, pixels. */
	readonly inputWidth: number;
	readonly inputHeight: number;
	readonly preprocessor: PreprocessorConfig;
	readonly facet: Facet;
	/** Layers whose tokens are joined, 0-based, in their order. */
	readonly layers: readonly number[];
	/** Step between patches, input pixels. */
	readonly stride: number;
	/** Name of the rule that fits the position table to the grid. */
	readonly positionRule: string;
	/** Numbers that the network computes with. */
	readonly dtype: string;
	/** What runs the network. */
	readonly executionProvider: string;
}

/** Everything that decides the tokens of one picture. */
export interface TokenKeyParts extends NetworkKeyParts {
	/** Digest of the image file's bytes. */
	readonly image: string;
	/** Percentiles that became black and white. */
	readonly stretch: SegmentationOptions["stretch"];
	/** Window of the median blur, pixels; 0 is none. */
	readonly median: number;
}

/** Everything that decides the position bias of a network. */
export interface PositionBiasKeyParts extends NetworkKeyParts {
	/** Levels of the grey pictures that it is made from, 0 to 255. */
	readonly greys: readonly number[];
}

/**
 * The name under which tokens are kept: equal for equal parts, in whatever order their fields were written.
 *
 * @returns sha256, 64 lower-case hexadecimal digits.
 */
export function tokenKey(parts: TokenKeyParts): string {
	return keyOf(parts);
}

/**
 * The name under which a position bias is kept. It is never that of a picture's tokens, for it has other fields.
 *
 * @returns sha256, 64 lower-case hexadecimal digits.
 */
export function positionBiasKey(parts: PositionBiasKeyParts): string {
	return keyOf(parts);
}

function keyOf(parts: NetworkKeyParts): string {
	const text = canonicalJson({ ...parts, version: TOKEN_FILE_VERSION });
	return createHash("sha256").update(text).digest("hex");
}

/** JSON with the fields of every object in the order of their names. Fields that are undefined do not count. */
function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_name, field: unknown) =>
		typeof field === "object" && field !== null && !Array.isArray(field)
			? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
			: field,
	);
}
