import * as threads from "node:worker_threads";
import type { CodebookPart } from "@dinoseg/core/codebook";
import type { DecodedImage } from "@dinoseg/core/engine";
import type { ExportedResult, SegmentResult } from "@dinoseg/core/result";
import type { TokenGrid } from "@dinoseg/core/tensor";
import type { SentResult } from "./protocol.ts";

/** A message, and the memory that changes its owner with it. */
export interface Parcel<T> {
	readonly value: T;
	readonly transfer: ArrayBuffer[];
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
	return { value: { ...rest, tokenGrid }, transfer: transferable(...given) };
}

export function packPixels(decoded: DecodedImage): Parcel<DecodedImage> {
	const { image, valid } = decoded;
	return { value: decoded, transfer: transferable(image.data, ...(valid ? [valid] : [])) };
}

export function packTokens(grid: TokenGrid): Parcel<TokenGrid> {
	return { value: grid, transfer: transferable(grid.data, grid.norms) };
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
	return { value: part, transfer: transferable(...arrays) };
}

export function packFiles(files: readonly ExportedResult[]): Parcel<readonly ExportedResult[]> {
	return { value: files, transfer: transferable(...files.map(({ bytes }) => bytes)) };
}

export function unpackResult({ tokenGrid, ...rest }: SentResult): SegmentResult {
	return { ...rest, tokens: () => tokenGrid };
}

/** Of Node 21 and later, where `postMessage` throws for such memory. Node 20 copies it by itself. */
const { isMarkedAsUntransferable = () => false } = threads as {
	isMarkedAsUntransferable?(memory: object): boolean;
};

/** The memory of some arrays, each once; what is part of larger memory, or of a native library, is left to be copied. */
export function transferable(...arrays: readonly ArrayBufferView[]): ArrayBuffer[] {
	const whole = arrays.filter(
		({ buffer, byteLength }) =>
			buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !isMarkedAsUntransferable(buffer),
	);
	return [...new Set(whole.map(({ buffer }) => buffer as ArrayBuffer))];
}
