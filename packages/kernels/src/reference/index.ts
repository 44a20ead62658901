import type { EigenPrimitives } from "../eigen/primitives.ts";
import { symmetricEigen } from "../eigen/symmetric-eigen.ts";
import type { Check, Kernels } from "../kernels.ts";
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
import { slic } from "./slic.ts";
import { upsampleScores } from "./upsample.ts";

/** The plain TypeScript build: the definition of what every other build must return. */
export const referenceKernels: Kernels = createReferenceKernels(() => {});

function createReferenceKernels(check: Check): Kernels {
	const primitives = createEigenPrimitives(check);
	return {
		name: "reference",
		checked: createReferenceKernels,
		check,
		medianFilter: (...operands) => medianFilter(check, ...operands),
		resizeBicubic: (...operands) => resizeBicubic(check, ...operands),
		columnMeans: (...operands) => columnMeans(check, ...operands),
		scatterMatrix: (...operands) => scatterMatrix(check, ...operands),
		gramMatrix: (...operands) => gramMatrix(check, ...operands),
		symmetricEigen: (...operands) => symmetricEigen(primitives, ...operands),
		combineRows: (...operands) => combineRows(check, ...operands),
		project: (...operands) => project(check, ...operands),
		assignClusters: (...operands) => assignClusters(check, ...operands),
		squaredDistances: (...operands) => squaredDistances(check, ...operands),
		clusterSums: (...operands) => clusterSums(check, ...operands),
		upsampleScores: (...operands) => upsampleScores(check, ...operands),
		majorityFilter: (...operands) => majorityFilter(check, ...operands),
		slic: (...operands) => slic(check, ...operands),
		connectedRegions: (...operands) => connectedRegions(check, ...operands),
		connectedRuns: (...operands) => connectedRuns(check, ...operands),
	};
}

function createEigenPrimitives(check: Check): EigenPrimitives {
	const primitives: EigenPrimitives = {
		check,
		chunks: 1,
		scratch: { scope: (work) => work(), float64: (length) => new Float64Array(length) },
		run(job, operands, chunks) {
			for (let chunk = 0; chunk < chunks; chunk++) {
				job.run(primitives, operands, chunk);
			}
		},
		tridiagonalise: (...operands) => tridiagonalise(check, ...operands),
		withPoles,
		multiply: (...operands) => multiply(check, ...operands),
		reflect: (...operands) => reflect(check, ...operands),
	};
	return primitives;
}
