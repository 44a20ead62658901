import type { Check, Kernels } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkInteger, checkLength, DinosegError } from "../errors/index.ts";
import { checkMatrix, type Matrix } from "../tensor/index.ts";
import { addSums, addTo, type ExactSums, zeroSums } from "./exact-sums.ts";

/** Points are rounded to whole multiples of 1 / STEPS before they are summed. */
export const STEPS = 2 ** 26;

/** Magnitude that an element must stay below: then a rounded one has at most 36 bits. */
const LARGEST_ELEMENT = 2 ** 10;

/** A rounded element is split as `upper * HALF + lower`, |upper| <= HALF, |lower| <= HALF / 2. */
const HALF = 2 ** 18;

/** Points that are summed at once: up to 2^15 of them, their sums of products of halves stay below 2^53. */
const BLOCK = 2048;

/** A product is at most 2^72 and the high part of an exact sum counts 2^52: so many points keep that part below 2^53. */
const MOST_POINTS = 2 ** 32;

/** The longest points: the products of longer ones do not fit into one array everywhere. */
const LARGEST_DIM = 16384;

/**
 * All that a principal component analysis needs to know of points: how many they are, their sum and the sum of their
 * products. Plain data, to be kept, sent to another thread or machine, and added to others.
 */
export interface Moments {
	readonly count: number;
	readonly dim: number;
	/** Sum of the points, in steps of 2^-26. Shape (dim,). */
	readonly sums: ExactSums;
	/**
	 * Sums of the products of elements i and j <= i of each point, in steps of 2^-52. Element (i, j) lies at
	 * i (i + 1) / 2 + j. Shape (dim (dim + 1) / 2,).
	 */
	readonly products: ExactSums;
}

/**
 * Moments of no points.
 *
 * @param dim 1 to 16384.
 * @throws DinosegError OPTION_INVALID
 */
export function emptyMoments(dim: number): Moments {
	checkInteger("emptyMoments", "dim", dim, { min: 1, max: LARGEST_DIM });
	return { count: 0, dim, sums: zeroSums(dim), products: zeroSums((dim * (dim + 1)) / 2) };
}

/**
 * Moments of the rows of a matrix, to be added to those of others by `addMoments`.
 *
 * Convention: every element is rounded to the nearest multiple of 2^-26 (halves up), which leaves float32 numbers of
 * magnitude 1/8 and more as they are. From there on all sums are exact integers: the moments of points are the same
 * bytes in whatever order, portions or machines they were summed.
 *
 * @param points shape (N, D), elements strictly between -1024 and 1024. Not modified.
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID for a D that `emptyMoments` refuses, MOMENTS_OUT_OF_RANGE for an
 *   element that is not finite or too large.
 */
export function momentsOf(kernels: Kernels, points: Matrix): Moments {
	checkMatrix("momentsOf", "points", points);
	const { data, rows, cols } = points;
	const moments = emptyMoments(cols);
	for (let start = 0; start < rows; start += BLOCK) {
		const end = Math.min(start + BLOCK, rows);
		addBlock(kernels, data.subarray(start * cols, end * cols), moments);
	}
	return { ...moments, count: rows };
}

/**
 * Moments of the points of `a` and those of `b` together. Adding is commutative and associative to the last bit.
 *
 * @param check called between steps; what it throws ends the call. Default: none.
 * @throws DinosegError SHAPE_MISMATCH where the dimensions differ, MOMENTS_OUT_OF_RANGE for more than 2^32 points.
 */
export function addMoments(a: Moments, b: Moments, check: Check = noCheck): Moments {
	checkMoments("addMoments", "a", a);
	checkMoments("addMoments", "b", b);
	if (a.dim !== b.dim) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`addMoments: both moments must be of points of one dimension, got ${a.dim} and ${b.dim}. ` +
				"Use tokens of the same network and facet.",
			{ details: { expected: a.dim, actual: b.dim } },
		);
	}
	const count = a.count + b.count;
	if (count > MOST_POINTS) {
		throw new DinosegError(
			"MOMENTS_OUT_OF_RANGE",
			`addMoments: moments of up to ${MOST_POINTS} points add up exactly, got ${a.count} and ${b.count}. ` +
				"Use a sample of the points.",
			{ details: { limit: MOST_POINTS, value: count } },
		);
	}
	return { count, dim: a.dim, sums: addSums(check, a.sums, b.sums), products: addSums(check, a.products, b.products) };
}

/**
 * Throw unless the count of moments is one that can be, and their arrays have the lengths that their dimension asks for.
 *
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID
 */
export function checkMoments(where: string, name: string, { count, dim, sums, products }: Moments): void {
	checkInteger(where, `${name}.count`, count, { min: 0, max: MOST_POINTS });
	for (const part of ["high", "low"] as const) {
		checkLength(where, `${name}.sums.${part} (dim)`, sums[part], dim);
		checkLength(where, `${name}.products.${part} (dim (dim + 1) / 2)`, products[part], (dim * (dim + 1)) / 2);
	}
}

/** The parts of rounded points, and their sum: all exact in float32. */
interface Halves {
	readonly upper: Float32Array;
	readonly lower: Float32Array;
	readonly both: Float32Array;
}

function addBlock(kernels: Kernels, data: Float32Array, { dim, sums, products }: Moments): void {
	const { upper, lower, both } = splitHalves(kernels.check, data, dim, sums);
	const zero = new Float64Array(dim);
	const scatter = (part: Float32Array) => kernels.scatterMatrix(part, data.length / dim, dim, zero);
	const ofUpper = scatter(upper);
	const ofLower = scatter(lower);
	const ofBoth = scatter(both);
	let at = 0;
	for (let i = 0; i < dim; i++) {
		kernels.check();
		for (let j = i * dim; j <= i * dim + i; j++) {
			addTo(products, at, ofUpper[j] * HALF * HALF);
			addTo(products, at, (ofBoth[j] - ofUpper[j] - ofLower[j]) * HALF);
			addTo(products, at, ofLower[j]);
			at++;
		}
	}
}

/** Round the points of a block and split them; their sums are added to `sums`. */
function splitHalves(check: Check, data: Float32Array, dim: number, sums: ExactSums): Halves {
	const upper = new Float32Array(data.length);
	const lower = new Float32Array(data.length);
	const both = new Float32Array(data.length);
	const blockSums = new Float64Array(dim);
	for (let start = 0; start < data.length; start += dim) {
		check();
		for (let d = 0; d < dim; d++) {
			const value = data[start + d];
			if (!(value > -LARGEST_ELEMENT && value < LARGEST_ELEMENT)) {
				throw outOfRange(value, d);
			}
			const steps = Math.floor(value * STEPS + 0.5);
			const high = Math.floor(steps / HALF + 0.5);
			const low = steps - high * HALF;
			upper[start + d] = high;
			lower[start + d] = low;
			both[start + d] = high + low;
			blockSums[d] += steps;
		}
	}
	for (let d = 0; d < dim; d++) {
		addTo(sums, d, blockSums[d]);
	}
	return { upper, lower, both };
}

function outOfRange(value: number, column: number): DinosegError {
	return new DinosegError(
		"MOMENTS_OUT_OF_RANGE",
		`momentsOf: elements of points must lie strictly between -${LARGEST_ELEMENT} and ${LARGEST_ELEMENT}, ` +
			`got ${value} in column ${column}. Scale the points to smaller numbers, for example to length 1.`,
		{ details: { limit: LARGEST_ELEMENT, value, column } },
	);
}
