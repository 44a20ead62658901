import type { CodebookPart } from "../codebook/index.ts";
import type { DecodedImage } from "../engine/index.ts";
import type { ExportedResult, SegmentResult } from "../result/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import type { SentResult } from "./protocol.ts";

/** A message, and the arrays whose memory changes its owner with it. */
export interface Parcel<T> {
	readonly value: T;
	readonly arrays: readonly ArrayBufferView[];
}

/**
 * Pack a result. Its large arrays are given away, each once, though the result may name it several times.
 *
 * The PCA is copied: the engine keeps it for other calls.
 *
 * @param isSweep true if maps are still to be made here: what they are made of is copied.
 */
export function packResult(result: SegmentResult, isSweep: boolean): Parcel<SentResult> {
	const { tokens, ...rest } = result;
	const tokenGrid = tokens();
	const { image, blurred, labels, confidence } = rest;
	const arrays = [image.data, blurred.data, labels.data, confidence, tokenGrid.data, tokenGrid.norms];
	// Maps of clusters are smoothed along the blurred picture, those of regions are cut from superpixels.
	const [own, needed] =
		rest.kind === "regions"
			? [[rest.superpixels.data, rest.features.data], rest.superpixels.data]
			: [[rest.tokenLabels, rest.centroids], blurred.data];
	const given = [...arrays, ...own].filter(({ buffer }) => !isSweep || buffer !== needed.buffer);
	return { value: { ...rest, tokenGrid }, arrays: given };
}

export function packPixels(decoded: DecodedImage): Parcel<DecodedImage> {
	const { image, valid } = decoded;
	return { value: decoded, arrays: valid ? [image.data, valid] : [image.data] };
}

export function packTokens(grid: TokenGrid): Parcel<TokenGrid> {
	return { value: grid, arrays: [grid.data, grid.norms] };
}

/** Pack the summary of a picture. */
export function packPart(part: CodebookPart): Parcel<CodebookPart> {
	const { moments, sample } = part.summary;
	const { sums, products } = moments;
	const arrays = [
		sums.high,
		sums.low,
		products.high,
		products.low,
		sample.points.data,
		sample.weights,
		sample.priorities,
	];
	return { value: part, arrays };
}

export function packFiles(files: readonly ExportedResult[]): Parcel<readonly ExportedResult[]> {
	return { value: files, arrays: files.map(({ bytes }) => bytes) };
}

export function unpackResult({ tokenGrid, ...rest }: SentResult): SegmentResult {
	return { ...rest, tokens: () => tokenGrid };
}

/**
 * The memory of some arrays, each once; what is part of larger memory is left to be copied.
 *
 * @param isTransferable tells memory that a platform does not let go.
 */
export function transferable(
	arrays: readonly ArrayBufferView[],
	isTransferable: (memory: ArrayBufferLike) => boolean,
): ArrayBuffer[] {
	const whole = arrays.filter(
		({ buffer, byteLength }) =>
			buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && isTransferable(buffer),
	);
	return [...new Set(whole.map(({ buffer }) => buffer as ArrayBuffer))];
}
