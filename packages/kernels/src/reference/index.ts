import type { Kernels } from "../kernels.ts";
import { clusterSums } from "./cluster-sums.ts";
import { assignClusters, squaredDistances } from "./distances.ts";
import { symmetricEigen } from "./eigen.ts";
import { majorityFilter } from "./majority-filter.ts";
import { medianFilter } from "./median-filter.ts";
import { columnMeans, gramMatrix, project, scatterMatrix } from "./moments.ts";
import { connectedRegions } from "./regions.ts";
import { resizeBicubic } from "./resize.ts";
import { upsampleScores } from "./upsample.ts";

/** The plain TypeScript build: the definition of what every other build must return. */
export const referenceKernels: Kernels = {
	name: "reference",
	medianFilter,
	resizeBicubic,
	columnMeans,
	scatterMatrix,
	gramMatrix,
	symmetricEigen,
	project,
	assignClusters,
	squaredDistances,
	clusterSums,
	upsampleScores,
	majorityFilter,
	connectedRegions,
};
