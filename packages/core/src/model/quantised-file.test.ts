import { describe, expect, it } from "vitest";
import type { Checkpoint, Dinov2Config, TensorEntry } from "./checkpoint.ts";
import { requiredTensors } from "./families.ts";
import { DEFAULT_PREPROCESSOR } from "./preprocessor.ts";
import { layOutQuantisedFile } from "./quantised-file.ts";
import { floorBias, quantisedRows, rowSums } from "./quantised-weights.ts";
import { parseSafetensorsHeader } from "./safetensors.ts";

const CONFIG: Dinov2Config = {
	family: "dinov2",
	hiddenSize: 12,
	layers: 2,
	heads: 2,
	mlp: "gelu",
	mlpSize: 20,
	registers: 0,
	patchSize: 4,
	imageSize: 8,
	layerNormEps: 1e-6,
	biases: { query: true, key: true, value: true },
};
const DIGEST = "d".repeat(64);
const SHA256 = "a".repeat(64);

/** A checkpoint without bytes. */
function describeCheckpoint(changes: Partial<Dinov2Config> = {}): Checkpoint {
	const config = { ...CONFIG, ...changes };
	const entry = (name: string, shape: readonly number[]): TensorEntry => {
		const length = shape.reduce((product, size) => product * size, 2);
		return { name, dtype: "F16", shape, file: "model.safetensors", offset: 0, length };
	};
	const tensors = new Map(requiredTensors(config).map(({ name, shape }) => [name, entry(name, shape)]));
	return { config, preprocessor: DEFAULT_PREPROCESSOR, tensors };
}

function layOut(checkpoint: Checkpoint) {
	return layOutQuantisedFile(checkpoint, { file: "int8.safetensors", digest: DIGEST });
}

describe("layOutQuantisedFile", () => {
	it.each([
		{ mlp: "gelu" },
		{ mlp: "swiglu" },
		{ registers: 3 },
		{ biases: { query: false, key: false, value: false } },
	] as const)("describes a valid safetensors file of %o", (changes) => {
		const checkpoint = describeCheckpoint(changes);
		const layout = layOut(checkpoint);
		const header = layout.header(SHA256);
		const read = parseSafetensorsHeader(header, layout.size, "int8.safetensors");
		const entries = [...layout.tensors.values()];
		for (const { weight, scales, bias } of layout.weights.values()) {
			entries.push(weight as unknown as TensorEntry, scales, ...(bias === undefined ? [] : [bias]));
		}
		expect(read.size).toBe(entries.length);
		for (const { file, ...entry } of entries) {
			expect(read.get(entry.name)).toEqual(entry);
			expect(file).toBe("int8.safetensors");
		}
	});

	it("takes every matrix of the blocks, and nothing else", () => {
		const checkpoint = describeCheckpoint();
		const { tensors, weights } = layOut(checkpoint);
		const perBlock = ["attention.attention.query", "attention.attention.key", "attention.attention.value"];
		perBlock.push("attention.output.dense", "mlp.fc1", "mlp.fc2");
		const prefixes = [0, 1].flatMap((block) => perBlock.map((name) => `encoder.layer.${block}.${name}`));
		expect([...weights.keys()].sort()).toEqual(prefixes.sort());
		for (const [prefix, { weight, scales, bias }] of weights) {
			expect(weight.shape).toEqual(checkpoint.tensors.get(`${prefix}.weight`)?.shape);
			expect(scales.shape).toEqual([weight.shape[0]]);
			expect(bias?.shape).toEqual([weight.shape[0]]);
		}
		expect(tensors.size + 2 * weights.size).toBe(checkpoint.tensors.size);
		expect([...tensors.values()].every(({ dtype }) => dtype === "F32")).toBe(true);
	});

	it("knows which layer's inputs come out of a GELU", () => {
		const floors = [...layOut(describeCheckpoint()).weights].filter(([, { floor }]) => floor !== undefined);
		expect(floors.map(([prefix]) => prefix)).toEqual(["encoder.layer.0.mlp.fc2", "encoder.layer.1.mlp.fc2"]);
		const gated = [...layOut(describeCheckpoint({ mlp: "swiglu" })).weights.values()];
		expect(gated.every(({ floor }) => floor === undefined)).toBe(true);
	});

	it("has a header that depends on the model and on the content, but not in length", () => {
		const checkpoint = describeCheckpoint();
		const header = layOut(checkpoint).header(SHA256);
		expect(layOut(checkpoint).header(SHA256)).toEqual(header);
		const other = layOut(checkpoint).header("b".repeat(64));
		expect(other).not.toEqual(header);
		expect(other.length).toBe(header.length);
		const { header: write } = layOutQuantisedFile(checkpoint, { file: "int8.safetensors", digest: "e".repeat(64) });
		expect(write(SHA256)).not.toEqual(header);
	});
});

describe("quantisedRows", () => {
	it("says where some outputs lie", () => {
		const { weights } = layOut(describeCheckpoint({ mlp: "swiglu" }));
		const whole = weights.get("encoder.layer.1.mlp.weights_in");
		if (whole === undefined) {
			throw new Error("no such layer");
		}
		const half = quantisedRows(whole, 20, 20);
		expect(half.weight).toMatchObject({ shape: [20, 12], offset: whole.weight.offset + 240, length: 240 });
		expect(half.scales).toMatchObject({ shape: [20], offset: whole.scales.offset + 80, length: 80 });
		expect(half.bias).toMatchObject({ shape: [20], offset: (whole.bias?.offset ?? 0) + 80, length: 80 });
		expect(new Set([half.weight.name, half.scales.name, half.bias?.name, whole.weight.name]).size).toBe(4);
	});
});

describe("floorBias", () => {
	it("makes up for what the inputs are raised by", () => {
		const rows = { values: Int8Array.of(3, -5, 7, 100, 20, 8), scales: Float32Array.of(0.5, 0.25) };
		const bias = Float32Array.of(1, -2);
		const sums = rowSums(rows);
		expect([...sums]).toEqual([5, 128]);
		const floor = -0.25;
		const input = [0.5, -0.25, 2];
		const raised = floorBias(bias, rows.scales, sums, floor);
		for (const row of [0, 1]) {
			const weights = [...rows.values.subarray(3 * row, 3 * row + 3)].map((value) => value * rows.scales[row]);
			const dot = (values: number[]) => values.reduce((sum, value, at) => sum + value * weights[at], 0);
			expect(dot(input.map((value) => value - floor)) + raised[row]).toBeCloseTo(dot(input) + bias[row], 5);
		}
		expect([...bias]).toEqual([1, -2]);
	});
});
