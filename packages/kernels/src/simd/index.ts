import type { EigenPrimitives } from "../eigen/primitives.ts";
import { symmetricEigen } from "../eigen/symmetric-eigen.ts";
import type { Kernels } from "../kernels.ts";
import { referenceKernels } from "../reference/index.ts";
import { createClusterSums } from "./cluster-sums.ts";
import { combineRows } from "./combine-rows.ts";
import { createDistances } from "./distances.ts";
import { type Engine, loadEngine } from "./engine.ts";
import { tridiagonalise } from "./householder.ts";
import { createMajorityFilter } from "./majority-filter.ts";
import { createMedianFilter } from "./median-filter.ts";
import { gramMatrix, scatterMatrix } from "./moments.ts";
import { withPoles } from "./pole-sums.ts";
import { multiply } from "./products.ts";
import { project } from "./project.ts";
import { reflect } from "./reflect.ts";
import { createResizeBicubic } from "./resize.ts";
import { createUpsampleScores } from "./upsample.ts";

/** The AssemblyScript build with 128-bit SIMD. It must be supported: see `supportsSimd`. */
export async function loadSimdKernels(): Promise<Kernels> {
	const engine = await loadEngine();
	const primitives = eigenPrimitives(engine);
	return {
		...referenceKernels,
		...createDistances(engine),
		...createClusterSums(engine),
		name: "simd",
		medianFilter: createMedianFilter(engine),
		majorityFilter: createMajorityFilter(engine),
		resizeBicubic: createResizeBicubic(engine),
		upsampleScores: createUpsampleScores(engine),
		scatterMatrix: (...operands) => scatterMatrix(engine, ...operands),
		gramMatrix: (...operands) => gramMatrix(engine, ...operands),
		combineRows: (...operands) => combineRows(engine, ...operands),
		symmetricEigen: (...operands) => symmetricEigen(primitives, ...operands),
		project: (...operands) => project(engine, ...operands),
	};
}

function eigenPrimitives(engine: Engine): EigenPrimitives {
	return {
		tridiagonalise: (...operands) => tridiagonalise(engine, ...operands),
		withPoles: (poles, numerators, work) => withPoles(engine, poles, numerators, work),
		multiply: (...operands) => multiply(engine, ...operands),
		reflect: (...operands) => reflect(engine, ...operands),
	};
}
