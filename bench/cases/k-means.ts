import { createRandom } from "@dinoseg/core";
import { kMeans } from "@dinoseg/core/cluster";
import { kmeans } from "ml-kmeans";
import type { BenchCase, BenchGroup } from "../harness/bench-case.ts";
import { asMatrix, asRows, scores, TOKEN_SHAPES } from "../inputs/tokens.ts";

const RESTARTS = 10;
const ITERATIONS = 300;

export const kMeansGroup: BenchGroup = {
	name: "k-means",
	title: "k-means",
	about: `The best of ${RESTARTS} restarts, on the scores of the tokens above. scikit-learn: \`KMeans(n_init=${RESTARTS})\`. ml-kmeans: as many calls with k-means++. Below 1, our inertia is the better one.`,
	javascript: "ml-kmeans",
	python: "scikit-learn",
	agreement: { title: "Our inertia / scikit-learn's", describe: (ours, theirs) => (ours / theirs).toFixed(4) },
	cases: TOKEN_SHAPES.flatMap((shape) =>
		[2, 8, 32].map(
			(clusters): BenchCase => ({
				name: `${shape}, k = ${clusters}`,
				// Takes minutes.
				skip: shape === "5476 × 1024" ? ["javascript"] : [],
				isLarge: shape === "5476 × 1024" || (shape === "1369 × 1024" && clusters === 32),
				async prepare(store, kernels) {
					const stored = await scores(store, kernels, shape);
					const points = asMatrix(stored);
					return {
						ours(build) {
							const { inertia } = kMeans(build, points, { clusters, restarts: RESTARTS, random: createRandom(0) });
							return () => inertia;
						},
						javascript: withMlKMeans(asRows(stored), clusters),
						python: { task: "k_means", arrays: { points: stored }, parameters: { clusters, restarts: RESTARTS } },
					};
				},
			}),
		),
	),
};

function withMlKMeans(rows: number[][], clusters: number) {
	return () => {
		let best = Number.POSITIVE_INFINITY;
		for (let seed = 0; seed < RESTARTS; seed++) {
			const result = kmeans(rows, clusters, { seed, initialization: "kmeans++", maxIterations: ITERATIONS });
			const inertia = result.computeInformation(rows).reduce((sum, { error, size }) => sum + error * size, 0);
			best = Math.min(best, inertia);
		}
		return () => best;
	};
}
