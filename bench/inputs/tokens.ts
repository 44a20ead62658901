import { createRandom, type Random } from "@dinoseg/core";
import { fitPca, projectPca } from "@dinoseg/core/linalg";
import type { Matrix } from "@dinoseg/core/tensor";
import type { Kernels } from "@dinoseg/kernels";
import { type FixtureTensor, loadTensors } from "../../fixtures/load.ts";
import type { ArrayStore, ReadArray } from "./array-store.ts";

/** Token matrices by their shape: one as the bundled model makes it, ViT-S, ViT-L at 518, ViT-L at 1036. */
export const TOKEN_SHAPES = ["256 × 192", "1369 × 384", "1369 × 1024", "5476 × 1024"] as const;
export type TokenShape = (typeof TOKEN_SHAPES)[number];

/** Those that the tests have from their reference. */
const FIXTURES: Partial<Record<TokenShape, string>> = {
	"1369 × 384": "reference/pca/synth384_data.safetensors",
	"1369 × 1024": "reference/pca/synth1024_data.safetensors",
};

const REGIONS = 8;
/** Variance of the noise along its j-th direction: j to the power of this. Leaves about half the directions to PCA(0.99). */
const DECAY = -1.3;
const REFLECTIONS = 3;

/** (tokens, dim). */
export function tokens(store: ArrayStore, shape: TokenShape): Promise<ReadArray<"float32">> {
	return store.array(`tokens-${shape}`, "float32", () => {
		const fixture = FIXTURES[shape];
		if (fixture !== undefined) {
			const { data, shape: sides } = loadTensors(fixture).get("tokens") as FixtureTensor;
			return { data: data as Float32Array, shape: sides };
		}
		const [rows, cols] = shape.split(" × ").map(Number);
		return { data: plantRegions(rows, cols), shape: [rows, cols] };
	});
}

/** What PCA(0.99) leaves of the tokens. (tokens, components). */
export function scores(store: ArrayStore, kernels: Kernels, shape: TokenShape): Promise<ReadArray<"float32">> {
	return store.array(`scores-${shape}`, "float32", async () => {
		const points = asMatrix(await tokens(store, shape));
		const { data, rows, cols } = projectPca(kernels, fitPca(kernels, points, 0.99).model, points);
		return { data, shape: [rows, cols] };
	});
}

export function asMatrix({ data, shape }: ReadArray<"float32">): Matrix {
	return { data, rows: shape[0], cols: shape[1] };
}

/** The form that libraries in JavaScript take. */
export function asRows({ data, shape: [rows, cols] }: ReadArray<"float32">): number[][] {
	return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * cols, (row + 1) * cols)));
}

/** Planted regions with noise of a decaying spectrum in a rotated basis; both have the same variance. */
function plantRegions(rows: number, cols: number): Float32Array {
	const random = createRandom(7);
	const deviations = Float64Array.from({ length: cols }, (_, j) => Math.sqrt((j + 1) ** DECAY));
	const spread = Math.sqrt(deviations.reduce((sum, value) => sum + value * value, 0) / cols);
	const centres = Array.from({ length: REGIONS }, () =>
		Float64Array.from({ length: cols }, () => spread * normal(random)),
	);
	const axes = Array.from({ length: REFLECTIONS }, () => unitVector(random, cols));
	const data = new Float32Array(rows * cols);
	const token = new Float64Array(cols);
	for (let row = 0; row < rows; row++) {
		for (let j = 0; j < cols; j++) {
			token[j] = deviations[j] * normal(random);
		}
		for (const axis of axes) {
			reflect(token, axis);
		}
		// Bands of tokens, as a picture has them.
		const centre = centres[Math.floor((row * REGIONS) / rows)];
		data.set(
			token.map((value, j) => value + centre[j]),
			row * cols,
		);
	}
	return data;
}

function unitVector(random: Random, length: number): Float64Array {
	const vector = Float64Array.from({ length }, () => normal(random));
	const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
	return vector.map((value) => value / norm);
}

/** Mirror a vector at the plane across an axis. */
function reflect(vector: Float64Array, axis: Float64Array): void {
	const along = 2 * axis.reduce((sum, value, j) => sum + value * vector[j], 0);
	for (let j = 0; j < vector.length; j++) {
		vector[j] -= along * axis[j];
	}
}

/** Nearly normal: mean 0, deviation 1. */
function normal(random: Random): number {
	return (random.next() + random.next() + random.next() + random.next() - 2) * Math.sqrt(3);
}
