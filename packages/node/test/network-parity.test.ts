import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeTensorValues, type TensorDtype } from "@dinoseg/core/model";
import type { Facet, PositionGrid } from "@dinoseg/core/options";
import { describe, expect, it } from "vitest";
import { type FixtureTensor, fixturePath, loadTensors } from "../../../fixtures/load.ts";
import { narrowFloats, type TensorSpec, writeSafetensors } from "../../../fixtures/safetensors-writer.ts";
import { largestDifference, openNetwork, readCheckpoint, runNetwork, useNetworks } from "./support/run-network.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

/** Of everything in float32; the reference's own rounding error is some 3e-6. */
const TOLERANCE = 1e-4;

const WEIGHTS = "model.safetensors";
const MODELS = ["mlp", "swiglu", "reg"] as const;
const SIZES = ["126x98", "210x336", "224x224", "518x518", "532x392"] as const;
const TINY = fileURLToPath(new URL("../../../models/tiny", import.meta.url));

const temporary = useTemporaryFolder();

const inputs = loadTensors("reference/backbone/inputs.safetensors");

function pictures(size: string): FixtureTensor {
	return inputs.get(`u8.${size}`) as FixtureTensor;
}

function referenceFolder(model: string): string {
	return fixturePath(`reference/backbone/${model}`);
}

function reference(model: string, size: string): Map<string, FixtureTensor> {
	return loadTensors(`reference/backbone/${model}/outputs_${size}.safetensors`);
}

/** (batch, heads, tokens, size of a head) to the patches' (batch, patches, hidden), head after head. */
function joinHeads({ shape, data }: FixtureTensor, others: number): FixtureTensor {
	const [batch, heads, all, size] = shape;
	const patches = all - others;
	const joined = Float32Array.from({ length: batch * patches * heads * size }, (_, index) => {
		const within = index % size;
		const head = Math.floor(index / size) % heads;
		const token = others + (Math.floor(index / (size * heads)) % patches);
		const picture = Math.floor(index / (size * heads * patches));
		return data[((picture * heads + head) * all + token) * size + within];
	});
	return { shape: [batch, patches, heads * size], data: joined };
}

/** Lengths of the patches' tokens among those of (batch, tokens, channels), in float64. */
function patchNorms({ shape, data }: FixtureTensor, others: number): number[] {
	const [batch, all, channels] = shape;
	const norms: number[] = [];
	for (let row = 0; row < batch * all; row++) {
		if (row % all >= others) {
			norms.push(Math.hypot(...data.subarray(row * channels, (row + 1) * channels)));
		}
	}
	return norms;
}

describe.each(MODELS)("the reference checkpoint %s", (model) => {
	const checkpoint = readCheckpoint(referenceFolder(model));
	const run = useNetworks(checkpoint);
	const { registers, layers: depth } = checkpoint.config;
	const others = 1 + registers;

	async function expectEqual(
		size: string,
		expected: FixtureTensor,
		choice: { facet?: Facet; layer?: readonly number[]; positionGrid?: PositionGrid },
	): Promise<void> {
		const { tokens } = await run(pictures(size), choice);
		expect(tokens.shape).toEqual(expected.shape);
		expect(largestDifference(tokens.data, expected.data)).toBeLessThanOrEqual(TOLERANCE);
	}

	it.each(SIZES)("gives the official code's tokens at %s", async (size) => {
		const outputs = reference(model, size);
		await expectEqual(size, outputs.get("x_norm_patchtokens") as FixtureTensor, {});
		const hf = outputs.get("hfpos.x_norm_patchtokens");
		if (hf !== undefined) {
			await expectEqual(size, hf, { positionGrid: "hf" });
		}
	});

	it.each(["126x98", "210x336"])("gives the official code's tokens of inner layers at %s", async (size) => {
		const outputs = reference(model, size);
		for (let layer = 0; layer < depth - 1; layer++) {
			const expected = outputs.get(`block${layer}.patch.norm`) as FixtureTensor;
			await expectEqual(size, expected, { layer: [layer] });
			await expectEqual(size, expected, { layer: [layer - depth] });
		}
	});

	it.each<[Facet, string]>([
		["key", "126x98"],
		["query", "126x98"],
		["value", "126x98"],
		["key", "210x336"],
		["key", "224x224"],
	])("gives the official code's facet %s at %s", async (facet, size) => {
		const expected = joinHeads(reference(model, size).get(`facet.${facet}`) as FixtureTensor, others);
		await expectEqual(size, expected, { facet });
	});

	it("gives the lengths of the patches' tokens before the final LayerNorm", async () => {
		for (const size of ["126x98", "210x336"]) {
			const outputs = reference(model, size);
			const expected = patchNorms(outputs.get("x_prenorm") as FixtureTensor, others);
			for (const choice of [{}, { facet: "key" as const }, { layer: [0, -1] }]) {
				const { norms } = await run(pictures(size), choice);
				expect(norms.shape).toEqual((outputs.get("x_norm_patchtokens") as FixtureTensor).shape.slice(0, 2));
				expect(largestDifference(norms.data, expected)).toBeLessThanOrEqual(TOLERANCE);
			}
		}
		const raw = reference(model, "126x98").get("block1.patch.raw") as FixtureTensor;
		for (const facet of ["token", "value"] as const) {
			const { norms } = await run(pictures("126x98"), { facet, layer: [3, 1] });
			expect(largestDifference(norms.data, patchNorms(raw, 0))).toBeLessThanOrEqual(TOLERANCE);
		}
	});

	it.each(["token", "key"] as const)("joins several layers of facet %s in the order given", async (facet) => {
		const layer = [2, -1, 0, 2];
		const joined = (await run(pictures("126x98"), { facet, layer })).tokens;
		const hidden = checkpoint.config.hiddenSize;
		expect(joined.shape).toEqual([2, 63, 4 * hidden]);
		for (const [place, one] of layer.entries()) {
			const { data } = (await run(pictures("126x98"), { facet, layer: [one] })).tokens;
			const part = Float32Array.from(
				{ length: data.length },
				(_, i) => joined.data[(Math.floor(i / hidden) * layer.length + place) * hidden + (i % hidden)],
			);
			expect(largestDifference(part, data)).toBeLessThanOrEqual(1e-5);
		}
	});

	it("is the same network whatever the number of threads", async () => {
		const one = await run(pictures("210x336"), { threads: 1 });
		const two = await run(pictures("210x336"), { threads: 2 });
		expect(two).toEqual(one);
	});

	it("does not mix the pictures of a batch", async () => {
		const both = pictures("126x98");
		const [, ...size] = both.shape;
		const second = { shape: [1, ...size], data: both.data.subarray(both.data.length / 2) };
		const tokens = (await run(both)).tokens.data;
		const alone = (await run(second)).tokens.data;
		expect(largestDifference(tokens.subarray(tokens.length / 2), alone)).toBeLessThanOrEqual(1e-5);
	});
});

describe("a stride below the patch", () => {
	const checkpoint = readCheckpoint(referenceFolder("reg"));

	it("gives a token for every step", async () => {
		const network = await openNetwork(checkpoint, { stride: 5 });
		const { tokens, norms } = await network.run(pictures("126x98"));
		expect(tokens.shape).toEqual([2, 23 * 17, 64]);
		expect(norms.shape).toEqual([2, 23 * 17]);
		await network.release();
	});

	it("sees at every step what a whole patch there would show", async () => {
		// Of one patch with the whole table's grid at hand nothing is interpolated, and no patch sees another in keys of
		// the first block.
		const { patchSize, hiddenSize } = checkpoint.config;
		const flat = { ...checkpoint, tables: checkpoint.tables.map((table) => new Float32Array(table.length)) };
		const { shape, data } = pictures("126x98");
		const [, height, width] = shape;
		const choice = { facet: "key", layer: [0] } as const;
		const tokens = (await runNetwork(flat, { shape: [1, height, width, 3], data }, { ...choice, stride: 6 })).tokens;
		const cols = Math.floor((width - patchSize) / 6) + 1;
		for (const [row, col] of [
			[0, 0],
			[3, 7],
			[17, 13],
		]) {
			const patch = Uint8Array.from({ length: patchSize * patchSize * 3 }, (_, i) => {
				const [y, x] = [Math.floor(i / (3 * patchSize)), Math.floor(i / 3) % patchSize];
				return data[((row * 6 + y) * width + col * 6 + x) * 3 + (i % 3)];
			});
			const alone = await runNetwork(flat, { shape: [1, patchSize, patchSize, 3], data: patch }, choice);
			const start = (row * cols + col) * hiddenSize;
			const there = tokens.data.subarray(start, start + hiddenSize);
			expect(largestDifference(there, alone.tokens.data)).toBeLessThanOrEqual(TOLERANCE);
		}
	});
});

/** A copy of a reference checkpoint with other weights. */
async function writeCheckpoint(
	model: string,
	dtype: TensorDtype,
	change: (name: string, values: Float32Array) => Float32Array = (_, values) => values,
	config: object = {},
): Promise<string> {
	const folder = mkdtempSync(join(temporary.path, "network-"));
	const specs = [...loadTensors(`reference/backbone/${model}/${WEIGHTS}`)].map(
		([name, { shape, data }]): TensorSpec => {
			const values = change(name, data as Float32Array);
			const fill: TensorSpec["fill"] = (target, start) => target.set(values.subarray(start, start + target.length));
			return { name, dtype, shape, fill };
		},
	);
	// A single narrow value in front puts every tensor at an odd place: no alignment may be taken for granted.
	const first: TensorSpec = { name: "a", dtype: "F16", shape: [1], fill: (target) => target.fill(0) };
	await writeSafetensors(join(folder, WEIGHTS), [first, ...specs]);
	for (const name of ["config.json", "preprocessor_config.json"]) {
		const fields = JSON.parse(readFileSync(join(referenceFolder(model), name), "utf8")) as object;
		writeFileSync(join(folder, name), JSON.stringify(name === "config.json" ? { ...fields, ...config } : fields));
	}
	return folder;
}

describe("other checkpoints", () => {
	it.each([
		["mlp", "F16"],
		["mlp", "BF16"],
		["swiglu", "F16"],
		["reg", "BF16"],
	] as const)("%s in %s gives the tokens of the same weights in F32", async (model, dtype) => {
		const widen = (_: string, values: Float32Array) => {
			const bytes = new Uint8Array(narrowFloats(values, dtype).buffer);
			return decodeTensorValues(bytes, dtype, values.length);
		};
		const narrowed = readCheckpoint(await writeCheckpoint(model, dtype));
		const widened = readCheckpoint(await writeCheckpoint(model, "F32", widen));
		const choice = { layer: [1, 3] };
		const [expected, actual] = await Promise.all(
			[widened, narrowed].map(async (one) => (await runNetwork(one, pictures("126x98"), choice)).tokens.data),
		);
		expect(largestDifference(actual, expected)).toBeLessThanOrEqual(TOLERANCE);
		const official = reference(model, "224x224").get("x_norm_patchtokens")?.data ?? [];
		const rounding = largestDifference((await runNetwork(narrowed, pictures("224x224"))).tokens.data, official);
		// The narrow weights are really used, and really are those of the reference.
		expect(rounding).toBeGreaterThan(TOLERANCE);
		expect(rounding).toBeLessThan(dtype === "F16" ? 0.05 : 0.5);
	});

	it.each(MODELS)("%s without bias of query, key and value runs as with zeros", async (model) => {
		const isBias = /\.(query|key|value)\.bias$/;
		const zeros = await writeCheckpoint(model, "F32", (name, values) =>
			isBias.test(name) ? new Float32Array(values.length) : values,
		);
		const absent = await writeCheckpoint(model, "F32", undefined, { qkv_bias: false });
		const [expected, actual] = await Promise.all(
			[zeros, absent].map(async (one) => (await runNetwork(readCheckpoint(one), pictures("126x98"))).tokens.data),
		);
		expect(largestDifference(actual, expected)).toBeLessThanOrEqual(1e-5);
	});

	it("keep to their layer_norm_eps", async () => {
		const other = readCheckpoint(await writeCheckpoint("mlp", "F32", undefined, { layer_norm_eps: 1e-2 }));
		const expected = await runNetwork(readCheckpoint(referenceFolder("mlp")), pictures("126x98"));
		const { tokens } = await runNetwork(other, pictures("126x98"));
		expect(largestDifference(tokens.data, expected.tokens.data)).toBeGreaterThan(TOLERANCE);
	});
});

describe("the bundled model", () => {
	it("gives normalised tokens", async () => {
		const { tokens } = await runNetwork(readCheckpoint(TINY), pictures("224x224"));
		expect(tokens.shape).toEqual([1, 256, 192]);
		const { data } = tokens;
		expect(data.every(Number.isFinite)).toBe(true);
		const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
		const spread = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
		expect(Math.abs(mean)).toBeLessThan(1);
		expect(spread).toBeGreaterThan(0.1);
		expect(spread).toBeLessThan(10);
	});
});
