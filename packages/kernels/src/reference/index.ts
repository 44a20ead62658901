import type { EigenPrimitives } from "../eigen/primitives.ts";
import { symmetricEigen } from "../eigen/symmetric-eigen.ts";
import type { Kernels } from "../kernels.ts";
import { clusterSums } from "./cluster-sums.ts";
import { combineRows } from "./combine-rows.ts";
import { assignClusters, squaredDistances } from "./distances.ts";
import { tridiagonalise } from "./householder.ts";
import { majorityFilter } from "./majority-filter.ts";
import { medianFilter } from "./median-filter.ts";
import { columnMeans, gramMatrix, scatterMatrix } from "./moments.ts";
import { withPoles } from "./pole-sums.ts";
import { multiply } from "./products.ts";
import { project } from "./project.ts";
import { reflect } from "./reflect.ts";
import { connectedRegions, connectedRuns } from "./regions.ts";
import { resizeBicubic } from "./resize.ts";
import { upsampleScores } from "./upsample.ts";

const eigenPrimitives: EigenPrimitives = {
	chunks: 1,
	scratch: { scope: (work) => work(), float64: (length) => new Float64Array(length) },
	run(job, operands, chunks) {
		for (let chunk = 0; chunk < chunks; chunk++) {
			job.run(eigenPrimitives, operands, chunk);
		}
	},
	tridiagonalise,
	withPoles,
	multiply,
	reflect,
};

/** The plain TypeScript build: the definition of what every other build must return. */
export const referenceKernels: Kernels = {
	name: "reference",
	medianFilter,
	resizeBicubic,
	columnMeans,
	scatterMatrix,
	gramMatrix,
	symmetricEigen: (matrix, size, choose) => symmetricEigen(eigenPrimitives, matrix, size, choose),
	combineRows,
	project,
	assignClusters,
	squaredDistances,
	clusterSums,
	upsampleScores,
	majorityFilter,
	connectedRegions,
	connectedRuns,
};
