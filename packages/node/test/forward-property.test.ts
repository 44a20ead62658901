import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@dinoseg/core";
import { placeInputs, resolveVariant } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { createNetworkSession, loadCheckpoint } from "@dinoseg/node";
import fc from "fast-check";
import { expect, it } from "vitest";
import { rewriteCheckpoint } from "../../../fixtures/forward-pass/rewrite-checkpoint.ts";
import { forwardPass, readForwardModel } from "../../../fixtures/forward-pass.ts";
import { writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { givenSeed } from "../../../fixtures/seeds.ts";
import { compareTokens, expectTokens, TOKEN_TOLERANCE } from "./support/expect-tokens.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const RUNS = Number(process.env["DINOSEG_PROPERTY_RUNS"] ?? 12);
/** Tokens of a picture: what bounds the time of a run. */
const MOST_TOKENS = 130;

const root = useTemporaryFolder();

/** A small network, a picture and what is asked of them. */
const network = fc.record({
	heads: fc.integer({ min: 1, max: 6 }),
	headSize: fc.constantFrom(3, 4, 5, 8, 12, 16),
	layers: fc.integer({ min: 1, max: 4 }),
	mlp: fc.constantFrom("gelu" as const, "swiglu" as const),
	mlpRatio: fc.constantFrom(4, 4, 1, 2, 2.6, 3.5),
	registers: fc.constantFrom(0, 0, 1, 2, 4, 7),
	qkvBias: fc.boolean(),
	layerNormEps: fc.constantFrom(1e-6, 1e-6, 1e-5, 1e-3),
	dtype: fc.constantFrom("F32" as const, "F16" as const, "BF16" as const),
	names: fc.constantFrom("transformers" as const, "original" as const),
	shardBytes: fc.constantFrom(undefined, 2000, 20_000),
	patchSize: fc.constantFrom(1, 2, 4, 7, 8, 14, 16),
	tableSide: fc.integer({ min: 1, max: 9 }),
	/** Pixels of the table's pictures beyond whole patches, as a share of one. */
	tableRest: fc.constantFrom(0, 0, 0.5, 0.9),
	seed: fc.integer({ min: 0, max: 1000 }),
});
const picture = fc.record({
	batch: fc.integer({ min: 1, max: 2 }),
	/** Size in patches; undefined is the table's own. */
	size: fc.option(fc.record({ rows: fc.integer({ min: 1, max: 11 }), cols: fc.integer({ min: 1, max: 11 }) }), {
		nil: undefined,
		freq: 5,
	}),
	/** As a share of a patch; undefined is the default, one patch. */
	stride: fc.option(fc.constantFrom(0.1, 0.3, 0.5, 0.8, 1), { nil: undefined, freq: 2 }),
});
const asked = fc.record({
	facet: fc.constantFrom("token" as const, "token" as const, "key" as const, "query" as const, "value" as const),
	/** Shares of the depth; below 0 from the end. */
	layer: fc.array(fc.double({ min: -1, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 3 }),
	positionGrid: fc.constantFrom("official" as const, "hf" as const),
	threads: fc.integer({ min: 1, max: 2 }),
});
type Network = typeof network extends fc.Arbitrary<infer T> ? T : never;
type Picture = typeof picture extends fc.Arbitrary<infer T> ? T : never;
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

/** Sides and step in pixels, made smaller until the picture has few enough tokens. */
function measure({ patchSize, tableSide }: Network, { size, stride }: Picture) {
	const step = stride === undefined ? undefined : Math.max(1, Math.round(stride * patchSize));
	let { rows, cols } = size ?? { rows: tableSide, cols: tableSide };
	const cells = (patches: number) => Math.floor(((patches - 1) * patchSize) / (step ?? patchSize)) + 1;
	while (cells(rows) * cells(cols) > MOST_TOKENS) {
		rows = Math.max(1, rows - 1);
		cols = Math.max(1, cols - 1);
	}
	return { height: rows * patchSize, width: cols * patchSize, stride: step };
}

async function writeCheckpoint(folder: string, shape: Network): Promise<void> {
	const { patchSize, tableSide, tableRest, heads, headSize, mlpRatio, layerNormEps, names, shardBytes, ...same } =
		shape;
	const { dtype } = same;
	const imageSize = tableSide * patchSize + Math.floor(tableRest * patchSize);
	await writeRandomCheckpoint(join(folder, "plain"), {
		...same,
		hiddenSize: heads * headSize,
		heads,
		patchSize,
		imageSize,
	});
	// The forward pass reads the one, the product the other: they differ in names and files alone.
	const changes = { dtype, mlpRatio, layerNormEps };
	await rewriteCheckpoint(join(folder, "plain"), join(folder, "expected"), { ...changes, names: "transformers" });
	await rewriteCheckpoint(join(folder, "plain"), join(folder, "product"), { ...changes, names, shardBytes });
}

async function runBoth(folder: string, shape: Network, image: Picture, { layer, ...wanted }: Asked): Promise<void> {
	await writeCheckpoint(folder, shape);
	const { height, width, stride } = measure(shape, image);
	const random = createRandom(shape.seed);
	const plane = 3 * height * width;
	const pixels = new Float32Array(image.batch * plane).map(() => random.next() * 4.7 - 2.1);

	const checkpoint = await loadCheckpoint(join(folder, "product"));
	const { config } = checkpoint;
	const { hiddenSize: hidden, patchSize } = config;
	const layers = layer.map((share) => Math.floor(share * shape.layers));
	const variant = resolveVariant(config, { facet: wanted.facet, layer: layers, stride: stride ?? "patch" });
	const rows = Math.floor((height - patchSize) / variant.stride) + 1;
	const cols = Math.floor((width - patchSize) / variant.stride) + 1;
	const session = await createNetworkSession({
		graph: buildNetworkGraph(checkpoint, variant),
		folder: checkpoint.folder,
		threads: wanted.threads,
	});
	const { positionGrid } = wanted;
	const places = placeInputs(checkpoint, { width, height }, { stride: variant.stride, positionGrid });
	const result = await session
		.run({ pixels: pixels.slice(), shape: [image.batch, 3, height, width], places })
		.finally(() => session.close());

	const model = readForwardModel(join(folder, "expected"));
	const share = rows * cols;
	for (let index = 0; index < image.batch; index++) {
		const trace = forwardPass(model, {
			pixels: pixels.subarray(index * plane, (index + 1) * plane),
			height,
			width,
			...(stride === undefined ? {} : { stride }),
			rule: shape.registers > 0 ? "antialias" : wanted.positionGrid === "hf" ? "size" : "offset",
		});
		expect([trace.rows, trace.cols]).toEqual([rows, cols]);
		const resolved = layers.map((value) => (value < 0 ? shape.layers + value : value));
		const expected = expectTokens(trace, wanted.facet, resolved, hidden);
		const part = hidden * layers.length * share;
		const tokens = compareTokens(result.tokens.subarray(index * part, (index + 1) * part), expected.tokens);
		const norms = compareTokens(result.norms.subarray(index * share, (index + 1) * share), expected.norms);
		expect(tokens, "tokens").toBeLessThanOrEqual(TOKEN_TOLERANCE);
		expect(norms, "norms").toBeLessThanOrEqual(TOKEN_TOLERANCE);
	}
}

it("every small network gives the tokens of the plain forward pass", { timeout: 60_000 + RUNS * 5000 }, async () => {
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
