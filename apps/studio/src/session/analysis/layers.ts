import type { RgbImage } from "@dinoseg/core/image";
import { type Color, type LabelMap, paletteTable } from "@dinoseg/core/labels";
import { fitPca, projectPca } from "@dinoseg/core/linalg";
import { renderResultBorders, type SegmentResult } from "@dinoseg/core/result";
import { type Matrix, type TokenGrid, tokensAsMatrix } from "@dinoseg/core/tensor";
import type { Check, Kernels } from "@dinoseg/kernels";
import type { Layer, LayerKind } from "../layers.ts";

/** The layers that a result has; that of a segment is part of its explanation. */
export type ResultLayerKind = Exclude<LayerKind, "similarity">;

/** What layers are made of beside the result. */
export interface LayerContext {
	readonly kernels: Kernels;
	/** The colour of a segment as people see it. @default as the result has it */
	readonly colorOf?: ((segment: number) => Color) | undefined;
}

/** Make a layer of a result; none for `borders` of clusters, which have no tree. */
export function resultLayer(
	result: SegmentResult,
	kind: ResultLayerKind,
	{ kernels, colorOf }: LayerContext,
): Layer | undefined {
	const { width, height } = result.labels;
	switch (kind) {
		case "denoised":
			return { kind, width, height, channels: 3, data: result.blurred.data };
		case "confidence":
			return { kind, width, height, channels: 1, data: result.confidence };
		case "borders":
			return result.kind === "regions"
				? { kind, width, height, channels: 1, data: renderResultBorders(result, kernels.check) }
				: undefined;
		case "patches":
			return { kind, ...patchColors(result, colorOf), channels: 3 };
		case "components":
			return { kind, ...componentColors(kernels, result.tokens()), channels: 3 };
	}
}

/** The segment of each token as its colour; of regions, the one under the token's centre. White is no segment. */
function patchColors(result: SegmentResult, colorOf: LayerContext["colorOf"]): RgbImage {
	const grid = result.tokens();
	const ids = result.kind === "clusters" ? result.tokenLabels : labelsUnder(result.labels, grid);
	const known = paletteTable(result.labels.count);
	const data = new Uint8Array(ids.length * 3);
	for (const [token, id] of ids.entries()) {
		const color = id === result.labels.background ? WHITE : (colorOf?.(id) ?? known.subarray(3 * id, 3 * id + 3));
		data.set(color, 3 * token);
	}
	return { data, width: grid.cols, height: grid.rows };
}

const WHITE: Color = [255, 255, 255];

/** The label under the centre of each token. Shape (rows, cols). */
function labelsUnder({ data, width, height }: LabelMap, grid: TokenGrid): Uint16Array {
	const { rows, cols, stride, patchSize, inputWidth, inputHeight } = grid;
	const along = (token: number, input: number, pixels: number) =>
		Math.min(pixels - 1, Math.floor(((token * stride + patchSize / 2) * pixels) / input));
	const labels = new Uint16Array(rows * cols);
	for (let row = 0; row < rows; row++) {
		const y = along(row, inputHeight, height);
		for (let col = 0; col < cols; col++) {
			labels[row * cols + col] = data[y * width + along(col, inputWidth, width)];
		}
	}
	return labels;
}

const COMPONENTS = 3;
/** Shares of the tokens that are darker than black, and lighter than white. */
const CLIPPED = 0.01;
/** What all tokens have of a component that there is not, or that says nothing. */
const MIDDLE = 128;

/**
 * The first three principal components of the tokens as red, green and blue, each from its 1st to its 99th percentile.
 *
 * Convention: components as `fitPca` has them, so signs are fixed; percentiles are values of tokens, without interpolation.
 */
function componentColors(kernels: Kernels, grid: TokenGrid): RgbImage {
	const tokens = tokensAsMatrix(grid);
	const { model } = fitPca(kernels, tokens, Math.min(COMPONENTS, grid.dim));
	const components = projectPca(kernels, model, tokens);
	const data = new Uint8Array(tokens.rows * COMPONENTS).fill(MIDDLE);
	for (let component = 0; component < components.cols; component++) {
		fillChannel(components, component, data, kernels.check);
	}
	return { data, width: grid.cols, height: grid.rows };
}

function fillChannel({ data, rows, cols }: Matrix, component: number, target: Uint8Array, check: Check): void {
	check();
	const values = Float32Array.from({ length: rows }, (_, row) => data[row * cols + component]);
	const sorted = values.slice().sort();
	const clipped = Math.floor(CLIPPED * (rows - 1));
	const [low, high] = [sorted[clipped], sorted[rows - 1 - clipped]];
	if (high > low) {
		for (const [row, value] of values.entries()) {
			const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
			target[row * COMPONENTS + component] = Math.round(255 * share);
		}
	}
}
