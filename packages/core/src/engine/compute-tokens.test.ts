import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { resolveOptions } from "../options/index.ts";
import { createStageRecorder } from "../segment/index.ts";
import { computeTokens } from "./compute-tokens.ts";
import type { EngineModel } from "./engine-model.ts";
import type { Networks } from "./ports.ts";

/** A network of patches of one pixel, whose tokens are their positions. */
const MODEL: EngineModel = {
	name: "positions",
	digest: "b".repeat(64),
	revision: null,
	dtype: "fp32",
	bundled: false,
	executionProvider: "none",
	config: {
		hiddenSize: 2,
		layers: 1,
		heads: 1,
		mlp: "gelu",
		mlpSize: 8,
		registers: 0,
		patchSize: 1,
		imageSize: 2,
		layerNormEps: 1e-6,
		qkvBias: true,
	},
	preprocessor: { mean: [0, 0, 0], std: [1, 1, 1], rescaleFactor: 1 / 255 },
	positionTable: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
};

/** The token grid of a grey picture that the network sees at the same size, or the error, and what was done for it. */
async function compute(width: number, height: number, leastClusters: number) {
	let runs = 0;
	const networks: Networks = {
		async run({ positions }) {
			runs++;
			return { tokens: positions, norms: new Float32Array(positions.length / 2).fill(1), loadMs: 0, warnings: [] };
		},
		async dispose() {},
	};
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const computer = {
		kernels,
		model: MODEL,
		networks,
		digest: async (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex"),
		tokens: undefined,
		biases: { get: async () => undefined, set: async () => undefined },
	};
	const image = { data: new Uint8Array(width * height * 3).fill(99), width, height };
	const source = { image, name: "grey.png", path: null, sha256: "a".repeat(64), warnings: [] };
	const options = resolveOptions({ inputSize: { width, height }, median: 0 });
	const outcome = await computeTokens(computer, source, options, leastClusters, recorder, undefined).then(
		({ tokens: { rows, cols, dim } }) => ({ rows, cols, dim }),
		(error: unknown) => error,
	);
	return { outcome, runs, stages: Object.keys(recorder.timings) };
}

describe("computeTokens", () => {
	it("refuses more clusters than tokens before any work, and takes as many", async () => {
		expect(await compute(3, 2, 6)).toEqual({
			outcome: { rows: 2, cols: 3, dim: 2 },
			runs: 1,
			stages: ["median", "resize", "network"],
		});
		expect(await compute(3, 2, 7)).toEqual({
			outcome: expect.objectContaining({
				code: "CLUSTERS_EXCEED_TOKENS",
				message: expect.stringMatching(/^grey\.png: 7 clusters were asked for, .* only 6 tokens\./),
				details: { clusters: 7, tokens: 6 },
			}),
			runs: 0,
			stages: [],
		});
	});

	it("refuses more than 131072 tokens before any work, and takes as many", async () => {
		expect(await compute(512, 256, 1)).toMatchObject({ outcome: { rows: 256, cols: 512 }, runs: 1 });
		expect(await compute(512, 257, 1)).toEqual({
			outcome: expect.objectContaining({
				code: "OPTION_INVALID",
				message: expect.stringMatching(
					/^grey\.png: 131584 tokens .* at most 131072 .* Raise stride or lower inputSize\.$/,
				),
				details: { option: "stride", tokens: 131584, max: 131072 },
			}),
			runs: 0,
			stages: [],
		});
	});
});
