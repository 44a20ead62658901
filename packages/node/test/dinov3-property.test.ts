import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@dinoseg/core";
import { placeInputs, resolveVariant } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { createNetworkSession, loadCheckpoint } from "@dinoseg/node";
import fc from "fast-check";
import { expect, it } from "vitest";
import { forwardPassDinov3 } from "../../../fixtures/forward-pass/dinov3.ts";
import { readForwardModel } from "../../../fixtures/forward-pass.ts";
import { writeRandomDinov3 } from "../../../fixtures/random-dinov3.ts";
import { givenSeed } from "../../../fixtures/seeds.ts";
import { compareTokens, expectTokens, TOKEN_TOLERANCE } from "./support/expect-tokens.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const RUNS = Number(process.env["DINOSEG_PROPERTY_RUNS"] ?? 8);

const root = useTemporaryFolder();

/** A small network, a picture and what is asked of them. */
const network = fc.record({
	heads: fc.integer({ min: 1, max: 5 }),
	headSize: fc.constantFrom(4, 8, 12, 16),
	layers: fc.integer({ min: 1, max: 4 }),
	mlp: fc.constantFrom("gelu" as const, "swiglu" as const),
	mlpRatio: fc.constantFrom(1, 1.6, 4),
	registers: fc.constantFrom(0, 1, 4, 4, 7),
	biases: fc.boolean(),
	layerNormEps: fc.constantFrom(1e-5, 1e-5, 1e-3),
	ropeTheta: fc.constantFrom(100, 100, 7, 10_000),
	dtype: fc.constantFrom("F32" as const, "F16" as const, "BF16" as const),
	shardBytes: fc.constantFrom(undefined, 2000, 20_000),
	patchSize: fc.constantFrom(1, 4, 8, 16),
	seed: fc.integer({ min: 0, max: 1000 }),
});
const picture = fc.record({
	batch: fc.integer({ min: 1, max: 2 }),
	/** In patches. */
	rows: fc.integer({ min: 1, max: 8 }),
	cols: fc.integer({ min: 1, max: 8 }),
	/** As a share of a patch; undefined is the default, one patch. */
	stride: fc.option(fc.constantFrom(0.5, 0.8, 1), { nil: undefined, freq: 2 }),
});
const asked = fc.record({
	facet: fc.constantFrom("token" as const, "token" as const, "key" as const, "query" as const, "value" as const),
	/** Shares of the depth; below 0 from the end. */
	layer: fc.array(fc.double({ min: -1, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 3 }),
	threads: fc.integer({ min: 1, max: 2 }),
	layout: fc.constantFrom("transformers" as const, "timm" as const),
});
type Values<T> = T extends fc.Arbitrary<infer V> ? V : never;

async function runBoth(
	folder: string,
	shape: Values<typeof network>,
	{ batch, rows: most, cols: mostCols, ...image }: Values<typeof picture>,
	{ facet, layer, threads, layout }: Values<typeof asked>,
): Promise<void> {
	const { headSize, patchSize, layerNormEps, mlpRatio, ...same } = shape;
	const hiddenSize = shape.heads * headSize;
	const mlpSize = 8 * Math.ceil((hiddenSize * mlpRatio) / 8);
	const written = { ...same, patchSize, hiddenSize, mlpSize, layout };
	// timm's layout cannot tell another.
	const options = layout === "timm" ? written : { ...written, layerNormEps };
	await writeRandomDinov3(join(folder, "product"), options);
	const { shardBytes: _, ...whole } = options;
	await writeRandomDinov3(join(folder, "expected"), { ...whole, layout: "transformers" });
	const [height, width] = [most * patchSize, mostCols * patchSize];
	const stride = image.stride === undefined ? undefined : Math.max(1, Math.round(image.stride * patchSize));

	const checkpoint = await loadCheckpoint(join(folder, "product"));
	const layers = layer.map((share) => Math.floor(share * shape.layers));
	const variant = resolveVariant(checkpoint.config, { facet, layer: layers, stride: stride ?? "patch" });
	const random = createRandom(shape.seed);
	const plane = 3 * height * width;
	const pixels = new Float32Array(batch * plane).map(() => random.next() * 4.7 - 2.1);
	const places = placeInputs(checkpoint, { width, height }, { stride: variant.stride, positionGrid: "official" });
	const session = await createNetworkSession({
		graph: buildNetworkGraph(checkpoint, variant),
		folder: checkpoint.folder,
		threads,
	});
	const result = await session
		.run({ pixels: pixels.slice(), shape: [batch, 3, height, width], places })
		.finally(() => session.close());

	const model = readForwardModel<Parameters<typeof forwardPassDinov3>[0]["config"]>(join(folder, "expected"));
	for (let index = 0; index < batch; index++) {
		const input = { pixels: pixels.subarray(index * plane, (index + 1) * plane), height, width };
		const trace = forwardPassDinov3(model, stride === undefined ? input : { ...input, stride });
		const expected = expectTokens(trace, facet, variant.layers, hiddenSize);
		const [tokens, norms] = [result.tokens, result.norms].map((all) => {
			const part = all.length / batch;
			return all.subarray(index * part, (index + 1) * part);
		});
		expect(compareTokens(tokens, expected.tokens), "tokens").toBeLessThanOrEqual(TOKEN_TOLERANCE);
		expect(compareTokens(norms, expected.norms), "norms").toBeLessThanOrEqual(TOKEN_TOLERANCE);
	}
}

it("every small DINOv3 gives the tokens of the plain forward pass", { timeout: 60_000 + RUNS * 5000 }, async () => {
	await fc.assert(
		fc.asyncProperty(network, picture, asked, async (shape, image, wanted) => {
			const folder = await mkdtemp(join(root.path, "network-"));
			try {
				await runBoth(folder, shape, image, wanted);
			} finally {
				await rm(folder, { recursive: true });
			}
		}),
		{ numRuns: RUNS, seed: givenSeed() ?? 1 },
	);
});
