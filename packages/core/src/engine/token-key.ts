import type { PreprocessorConfig } from "../model/index.ts";
import type { Facet, SegmentationOptions } from "../options/index.ts";
import { reductionFor } from "../segment/index.ts";
import type { DecodingOptions, Digest, ImageIdentity } from "./ports.ts";

/** Raised when the meaning of tokens changes, or what a decoder makes of a file. */
const TOKENS_VERSION = 4;

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
	/** Name of the rule by which the network learns where its patches are, see `placeRule`. */
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
	/** Page of the file, 1-based. */
	readonly page: number;
	/** Percentiles that became black and white. */
	readonly stretch: SegmentationOptions["stretch"];
	/** Bands that became grey, or red, green and blue. */
	readonly bands: SegmentationOptions["bands"];
	/** Value of pixels without data. */
	readonly nodata: SegmentationOptions["nodata"];
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
export function tokenKey(digest: Digest, parts: TokenKeyParts): Promise<string> {
	return keyOf(digest, parts);
}

/**
 * The name under which a position bias is kept. It is never that of a picture's tokens, for it has other fields.
 *
 * @returns sha256, 64 lower-case hexadecimal digits.
 */
export function positionBiasKey(digest: Digest, parts: PositionBiasKeyParts): Promise<string> {
	return keyOf(digest, parts);
}

/** What decides the pixels of a decoded picture, and its warnings: they name the file. */
export function decodedKey(
	{ sha256, name }: Pick<ImageIdentity, "sha256" | "name">,
	{ bands, maxPixels, nodata, page, stretch }: DecodingOptions,
): string {
	return canonicalJson({ sha256, name, bands, maxPixels, nodata, page, stretch });
}

/** The options that decide what is clustered, beside those that decide the tokens. */
const REDUCTION_KEYS = [
	"repair",
	"debias",
	"pca",
	"metric",
	"denoise",
	"whiten",
	"position",
] as const satisfies readonly (keyof SegmentationOptions)[];

/** The name of what is clustered: tokens, and what is made of them. */
export function reductionKey(tokenKey: string, options: SegmentationOptions): string {
	const reduction = { ...options, ...reductionFor(options) };
	return `${tokenKey} ${REDUCTION_KEYS.map((option) => reduction[option]).join(" ")}`;
}

/** The name of a walk of merging clusters, by that of what is clustered. */
export function walkKey(
	reductionKey: string,
	{ restarts, seed }: Pick<SegmentationOptions, "restarts" | "seed">,
): string {
	return `${reductionKey} ${restarts} ${seed}`;
}

/** The name of regions before they are cut, by that of the tokens that they grew by. */
export function grownKey(reductionKey: string, { minArea }: Pick<SegmentationOptions, "minArea">): string {
	return `${reductionKey} ${canonicalJson(minArea)}`;
}

function keyOf(digest: Digest, parts: NetworkKeyParts): Promise<string> {
	return digest(new TextEncoder().encode(canonicalJson({ ...parts, version: TOKENS_VERSION })));
}

/** JSON with the fields of every object in the order of their names. Fields that are undefined do not count. */
function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_name, field: unknown) =>
		typeof field === "object" && field !== null && !Array.isArray(field)
			? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
			: field,
	);
}
