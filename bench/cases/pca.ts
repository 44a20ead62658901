import { fitPca, projectPca } from "@dinoseg/core/linalg";
import { PCA } from "ml-pca";
import type { BenchGroup } from "../harness/bench-case.ts";
import { asMatrix, asRows, TOKEN_SHAPES, tokens } from "../inputs/tokens.ts";

const SHARE = 0.99;

export const pca: BenchGroup = {
	name: "pca",
	title: "PCA",
	about:
		'Fit PCA(0.99) and compute the scores. Tokens × dimensions. scikit-learn: `PCA(0.99, svd_solver="full")`, float32 as given. ml-pca: `method: "covarianceMatrix"`.',
	javascript: "ml-pca",
	python: "scikit-learn",
	agreement: { title: "Components, ours and scikit-learn's", describe: (ours, theirs) => `${ours}, ${theirs}` },
	cases: TOKEN_SHAPES.map((shape) => ({
		name: shape,
		// Takes minutes.
		skip: shape === "5476 × 1024" ? ["javascript"] : [],
		isLarge: shape === "5476 × 1024",
		async prepare(store) {
			const stored = await tokens(store, shape);
			const points = asMatrix(stored);
			return {
				ours(kernels) {
					const { model } = fitPca(kernels, points, SHARE);
					const { cols } = projectPca(kernels, model, points);
					return () => cols;
				},
				javascript: withMlPca(asRows(stored)),
				python: { task: "pca", arrays: { points: stored } },
			};
		},
	})),
};

function withMlPca(rows: number[][]) {
	return () => {
		const model = new PCA(rows, { method: "covarianceMatrix" });
		const nComponents = 1 + model.getCumulativeVariance().findIndex((share) => share > SHARE);
		const { columns } = model.predict(rows, { nComponents });
		return () => columns;
	};
}
