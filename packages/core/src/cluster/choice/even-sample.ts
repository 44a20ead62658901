import type { Check } from "@dinoseg/kernels";
import type { Matrix } from "../../tensor/index.ts";
import { gatherRows } from "../gather-rows.ts";

/** Some of the points, and where they were among all. */
export interface EvenSample {
	/** Shape (M, D). */
	readonly points: Matrix;
	/** Shape (M,). */
	readonly places: Uint32Array;
}

/**
 * At most so many points at even steps, from the first one on: for measures whose time grows faster than the number of
 * points.
 *
 * @param check called between points.
 */
export function evenSample(points: Matrix, most: number, check: Check): EvenSample {
	const rows = Math.min(points.rows, most);
	const places = Uint32Array.from({ length: rows }, (_, index) => Math.floor((index * points.rows) / rows));
	return { points: { data: gatherRows(points, places, rows, check), rows, cols: points.cols }, places };
}
