import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { type FixtureTensor, loadFloats, loadJson, loadPng, loadTensors } from "../../../../fixtures/load.ts";
import { fitPca, projectPca } from "../linalg/index.ts";
import { adjustedRandIndex } from "../metrics/index.ts";
import { createRandom } from "../rng.ts";
import type { Matrix } from "../tensor/index.ts";
import { kMeans } from "./k-means.ts";

interface KMeansCase {
	readonly k: Record<
		string,
		{
			readonly inertia_limit: number;
			readonly best_known_inertia_n_init_100: number;
			readonly ari_required: number;
		}
	>;
}

interface EndToEndCase {
	readonly tokens: string;
	readonly n_components: number;
	readonly k: number;
	readonly inertia: number;
	readonly labels: string;
	readonly ari_floor_among_equal_inertia: number;
}

const kMeansCases = loadJson<Record<string, KMeansCase>>("reference/kmeans/kmeans.json");
const pcaCases = loadJson<Record<string, { n_samples: number; n_features: number }>>("reference/pca/pca.json");
const endToEndCases = loadJson<Record<string, EndToEndCase>>("reference/e2e/e2e.json");

/** The stored scores, or ours where the fixture says that they are to be computed. */
function scoresOf(name: string): Matrix {
	const { n_samples: rows, n_features: cols } = pcaCases[name];
	const stored = loadTensors(`reference/pca/${name}.safetensors`).get("reduced");
	if (stored !== undefined) {
		return { data: stored.data as Float32Array, rows, cols: stored.data.length / rows };
	}
	const tokens: Matrix = { data: loadFloats(`reference/pca/${name}_data.safetensors`, "tokens"), rows, cols };
	return projectPca(kernels, fitPca(kernels, tokens, 0.99).model, tokens);
}

describe.each(Object.keys(kMeansCases))("kMeans against scikit-learn KMeans(n_init=10) on %s", (name) => {
	const points = scoresOf(name);
	const expected = loadTensors(`reference/kmeans/${name}.safetensors`);

	it.each(Object.entries(kMeansCases[name].k))(
		"k = %s",
		(k, reference) => {
			const result = kMeans(kernels, points, { clusters: Number(k), restarts: 10, random: createRandom(0) });
			expect(result.clusters).toBe(Number(k));
			expect(result.inertia).toBeLessThanOrEqual(reference.inertia_limit);
			// Several optima of equal inertia can exist; one that is as good as the best known may look different.
			const labels = (expected.get(`labels.k${k}`) as FixtureTensor).data;
			const asGoodAsBest = result.inertia <= reference.best_known_inertia_n_init_100 * 1.0005;
			const ari = adjustedRandIndex(labels, result.labels);
			expect(asGoodAsBest || ari >= reference.ari_required, `ARI ${ari}`).toBe(true);
		},
		60_000,
	);
});

describe("tokens to labels against scikit-learn", () => {
	it.each(Object.entries(endToEndCases))("%s", (_name, reference) => {
		const [file, tensor] = reference.tokens.split(":");
		const stored = loadTensors(`reference/${file}`).get(tensor) as FixtureTensor;
		const [rows, cols] = stored.shape;
		const tokens: Matrix = { data: stored.data as Float32Array, rows, cols };
		const { model } = fitPca(kernels, tokens, 0.99);
		expect(model?.componentCount).toBe(reference.n_components);
		const result = kMeans(kernels, projectPca(kernels, model, tokens), {
			clusters: reference.k,
			restarts: 10,
			random: createRandom(0),
		});
		expect(result.inertia).toBeLessThanOrEqual(1.001 * reference.inertia);
		const ari = adjustedRandIndex(loadPng(`reference/${reference.labels}`).data, result.labels);
		expect(ari).toBeGreaterThanOrEqual(reference.ari_floor_among_equal_inertia - 0.02);
	});
});
