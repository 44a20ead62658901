import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixturePath } from "../../../../fixtures/load.ts";
import type { Dinov2Config, TensorEntry } from "./checkpoint.ts";
import { tensorRows } from "./checkpoint-tensor.ts";
import { parseJsonObject } from "./config-fields.ts";
import { parseDinov2Config } from "./dinov2/config.ts";
import { classPositionEntry, patchPositionsEntry } from "./dinov2/tensors.ts";
import { requiredTensors } from "./families.ts";
import { DEFAULT_PREPROCESSOR } from "./preprocessor.ts";
import { parseSafetensorsHeader, type SafetensorsEntry } from "./safetensors.ts";
import { selectTensors } from "./select-tensors.ts";

const FILE = "model.safetensors";
const config = parseDinov2Config(
	parseJsonObject(readFileSync(fixturePath("reference/backbone/mlp/config.json"), "utf8"), "config.json"),
	"config.json",
);
const bytes = readFileSync(fixturePath("reference/backbone/mlp/model.safetensors"));
const header = parseSafetensorsHeader(bytes, bytes.length, FILE);

function select(changes: Record<string, Partial<SafetensorsEntry> | undefined>, changedConfig: Dinov2Config = config) {
	const entries = new Map(header);
	for (const [name, change] of Object.entries(changes)) {
		const entry = entries.get(name);
		entries.delete(name);
		if (entry !== undefined && change !== undefined) {
			entries.set(change.name ?? name, { ...entry, ...change });
		}
	}
	return selectTensors(changedConfig, entries, FILE);
}

describe("selectTensors", () => {
	it("takes every tensor of a checkpoint but the mask token", () => {
		const selected = select({});
		expect([...selected.keys()].sort()).toEqual([...header.keys()].filter((name) => !name.includes("mask")).sort());
		expect(selected.get("layernorm.bias")).toEqual({ ...header.get("layernorm.bias"), file: FILE });
	});

	it("asks for no bias of query, key and value where the configuration has none", () => {
		const biases = { query: false, key: false, value: false };
		const names = requiredTensors({ ...config, biases }).map(({ name }) => name);
		expect(names).not.toContain("encoder.layer.0.attention.attention.query.bias");
		expect(names).toContain("encoder.layer.0.attention.output.dense.bias");
	});

	it.each([
		["missing", { "layernorm.bias": undefined }, "layernorm.bias [64] is missing"],
		["under another name", { "layernorm.bias": { name: "head.layernorm.bias" } }, "or only a part of it"],
		["of another shape", { "layernorm.bias": { shape: [8, 8] } }, "must be [64] by config.json, got [8,8]"],
		["of another dtype", { "layernorm.bias": { dtype: "I8" as const } }, "must be one of F32, F16, BF16, got I8"],
	])("rejects a tensor that is %s", (_, changes, message) => {
		expect(() => select(changes)).toThrow(
			expect.objectContaining({
				code: "MODEL_TENSOR_INVALID",
				message: expect.stringContaining(`${FILE}: tensor layernorm.bias`),
				details: expect.objectContaining({ file: FILE, tensor: "layernorm.bias" }),
			}),
		);
		expect(() => select(changes)).toThrow(message);
	});

	it("says whose tensors a file holds instead", () => {
		const telltale = { "embeddings.mask_token": { name: "encoder.layer.0.layernorm_before.weight" } };
		expect(() => select({ ...telltale, "layernorm.bias": undefined })).toThrow(
			"By its tensors the file holds a plain ViT (DINO v1 is saved as one too), whatever config.json says. Supported",
		);
	});

	it("asks for registers and a gated layer where the configuration has them, and only there", () => {
		const shapes = (changes: Partial<Dinov2Config>) =>
			new Map(requiredTensors({ ...config, ...changes }).map(({ name, shape }) => [name, shape]));
		expect(shapes({ registers: 4 }).get("embeddings.register_tokens")).toEqual([1, 4, 64]);
		const gated = shapes({ mlp: "swiglu", mlpSize: 176 });
		expect(gated.get("encoder.layer.3.mlp.weights_in.weight")).toEqual([352, 64]);
		expect(gated.get("encoder.layer.3.mlp.weights_in.bias")).toEqual([352]);
		expect(gated.get("encoder.layer.3.mlp.weights_out.weight")).toEqual([64, 176]);
		expect(gated.has("encoder.layer.3.mlp.fc1.weight")).toBe(false);
		expect(() => select({ "embeddings.mask_token": { name: "embeddings.register_tokens" } })).toThrow(
			"tensor embeddings.register_tokens is there, but config.json has no num_register_tokens",
		);
	});

	it("rejects a configuration that does not belong to the file", () => {
		expect(() => select({}, { ...config, imageSize: 224 })).toThrow(
			"must be [1,257,64] by config.json, got [1,1370,64]",
		);
		expect(() => select({}, { ...config, layers: 5 })).toThrow("encoder.layer.4.norm1.weight [64] is missing");
	});
});

describe("tensorRows", () => {
	it("finds some rows of a tensor", () => {
		const entry: TensorEntry = { name: "w", dtype: "F16", shape: [6, 5], file: FILE, offset: 2 ** 33, length: 60 };
		expect(tensorRows(entry, 2, 3)).toEqual({
			...entry,
			name: "w[2:5]",
			shape: [3, 5],
			offset: 2 ** 33 + 20,
			length: 30,
		});
		const bias = { ...entry, dtype: "F32" as const, shape: [6], length: 24 };
		expect(tensorRows(bias, 3, 3)).toMatchObject({ name: "w[3:6]", shape: [3], offset: 2 ** 33 + 12, length: 12 });
	});
});

describe("the position table", () => {
	it("is the class token's row and then the patches'", () => {
		const checkpoint = { config, preprocessor: DEFAULT_PREPROCESSOR, tensors: select({}) };
		const table = header.get("embeddings.position_embeddings") as SafetensorsEntry;
		const first = classPositionEntry(checkpoint);
		const rest = patchPositionsEntry(checkpoint);
		expect(first).toMatchObject({ shape: [1, 1, 64], offset: table.offset, length: 256 });
		expect(rest).toMatchObject({ shape: [1369, 64], offset: table.offset + 256 });
		expect(rest.offset + rest.length).toBe(table.offset + table.length);
	});
});
