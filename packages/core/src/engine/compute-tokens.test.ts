import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import type { SegmentationEvent, Stage } from "../events.ts";
import type { RgbImage } from "../image/index.ts";
import { type PartialOptions, resolveOptions } from "../options/index.ts";
import { createStageRecorder } from "../segment/index.ts";
import { computeTokens, type TokenComputer } from "./compute-tokens.ts";
import type { EngineModel } from "./engine-model.ts";
import { createPictureMemory } from "./picture-memory.ts";
import type { DecodedImage, Networks } from "./ports.ts";

/** A network of patches of one pixel, whose tokens are their positions. */
const MODEL: EngineModel = {
	name: "positions",
	digest: "b".repeat(64),
	revision: null,
	dtype: "fp32",
	bundled: false,
	executionProvider: "none",
	config: {
		family: "dinov2",
		hiddenSize: 2,
		layers: 1,
		heads: 1,
		mlp: "gelu",
		mlpSize: 8,
		registers: 0,
		patchSize: 1,
		imageSize: 2,
		layerNormEps: 1e-6,
		biases: { query: true, key: true, value: true },
	},
	preprocessor: { mean: [0, 0, 0], std: [1, 1, 1], rescaleFactor: 1 / 255 },
	tables: [Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7)],
};

/** What differs from a call with the network above. */
interface Call {
	readonly model?: Partial<EngineModel>;
	readonly source?: Partial<DecodedImage>;
	readonly options?: PartialOptions;
	readonly leastClusters?: number;
	readonly blurs?: TokenComputer["blurs"];
}

/** A grey picture that the network sees at the same size: what comes of it, or the error, and what was done for it. */
async function compute(width: number, height: number, call: Call = {}) {
	const { model, source, options, leastClusters = 1, blurs = createPictureMemory(0) } = call;
	let runs = 0;
	let biasKey: string | undefined;
	const networks: Networks = {
		async run({ places: { positions } }) {
			runs++;
			const norms = new Float32Array(positions.data.length / 2).fill(1);
			return { tokens: positions.data, norms, loadMs: 0, warnings: [] };
		},
		async dispose() {},
	};
	const cached: Stage[] = [];
	const onEvent = (event: SegmentationEvent) => {
		if (event.type === "stage-end" && event.cached) {
			cached.push(event.stage);
		}
	};
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {}, onEvent });
	const computer = {
		kernels,
		model: { ...MODEL, ...model },
		networks,
		digest: async (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex"),
		blurs,
		tokens: undefined,
		biases: {
			get: async () => undefined,
			async set(key: string) {
				biasKey = key;
				return undefined;
			},
		},
	};
	const image = { data: new Uint8Array(width * height * 3).fill(99), width, height };
	const grey = { image, name: "grey.png", path: null, sha256: "a".repeat(64), warnings: [], ...source };
	const settings = resolveOptions({ inputSize: { width, height }, median: 0, ...options });
	let key: string | undefined;
	let blurred: RgbImage | undefined;
	const outcome = await computeTokens(computer, grey, settings, leastClusters, recorder, undefined).then(
		(computed) => {
			key = computed.key;
			blurred = computed.blurred;
			const { rows, cols, dim } = computed.tokens;
			return { rows, cols, dim };
		},
		(error: unknown) => error,
	);
	return { image, blurred, cached, outcome, key, biasKey, runs, stages: Object.keys(recorder.timings) };
}

describe("computeTokens", () => {
	it("refuses more clusters than tokens before any work, and takes as many", async () => {
		expect(await compute(3, 2, { leastClusters: 6 })).toMatchObject({
			outcome: { rows: 2, cols: 3, dim: 2 },
			runs: 1,
			stages: ["median", "resize", "network"],
		});
		expect(await compute(3, 2, { leastClusters: 7 })).toMatchObject({
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
		expect(await compute(512, 256)).toMatchObject({ outcome: { rows: 256, cols: 512 }, runs: 1 });
		expect(await compute(512, 257)).toMatchObject({
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

	it("blurs a known picture no more, and gives each caller pixels of its own", async () => {
		const blurs = createPictureMemory<{ readonly image: RgbImage }>(100);
		const first = await compute(3, 2, { blurs, options: { median: 3 } });
		expect(first.cached).toEqual([]);
		first.blurred?.data.fill(1);
		const second = await compute(3, 2, { blurs, options: { median: 3, clusters: 5 } });
		expect(second.cached).toEqual(["median"]);
		expect(second.blurred).toEqual(second.image);
		for (const other of [{ median: 5 }, { median: 3, stretch: "none" }] as const) {
			expect((await compute(3, 2, { blurs, options: other })).cached).toEqual([]);
		}
		expect((await compute(3, 2, { blurs, source: { sha256: "c" }, options: { median: 3 } })).cached).toEqual([]);
		for (let i = 0; i < 2; i++) {
			const off = await compute(3, 2, { blurs });
			expect(off.cached).toEqual([]);
			expect(off.blurred).toBe(off.image);
		}
	});

	it("keeps apart all that is seen otherwise, and nothing else", async () => {
		// Patches of two pixels, for a stride below the patch.
		const config = { ...MODEL.config, patchSize: 2, imageSize: 4, layers: 2 } as EngineModel["config"];
		const keysOf = async (call: Call): Promise<readonly (string | undefined)[]> => {
			const options = { debias: true, ...call.options };
			const { key, biasKey } = await compute(6, 4, { ...call, model: { config, ...call.model }, options });
			return [key, biasKey];
		};
		const [key, biasKey] = await keysOf({});
		const ofNetwork: Call[] = [
			{ model: { digest: "c".repeat(64) } },
			{ model: { dtype: "int8" } },
			{ model: { executionProvider: "cpu" } },
			{ model: { preprocessor: { ...MODEL.preprocessor, mean: [0.5, 0, 0] } } },
			{ options: { facet: "key" } },
			{ options: { layer: [0] } },
			{ options: { stride: 1 } },
			{ options: { positionGrid: "hf" } },
			{ options: { inputSize: { width: 4, height: 6 } } },
		];
		const ofPicture: Call[] = [
			{ source: { sha256: "c".repeat(64) } },
			{ source: { page: 2 } },
			{ options: { bands: [1] } },
			{ options: { nodata: "none" } },
			{ options: { stretch: "none" } },
			{ options: { median: 3 } },
		];
		const found: (readonly (string | undefined)[])[] = [[key, biasKey]];
		for (const call of ofNetwork) {
			found.push(await keysOf(call));
		}
		expect(new Set(found.flat()).size).toBe(2 * (ofNetwork.length + 1));
		const keys = new Set(found.map(([of]) => of));
		for (const call of ofPicture) {
			const [other, sameBias] = await keysOf(call);
			keys.add(other);
			expect(sameBias).toBe(biasKey);
		}
		expect(keys.size).toBe(ofNetwork.length + ofPicture.length + 1);
		expect(await keysOf({ source: { name: "other.png" }, options: { clusters: 3, seed: 9, debias: true } })).toEqual([
			key,
			biasKey,
		]);
	});
});
