import { describe, expect, it } from "vitest";
import type { Dinov2Config } from "./checkpoint.ts";
import { ORIGINAL_NAMES } from "./dinov2/tensors.ts";
import { requiredTensors } from "./families.ts";
import type { SafetensorsEntry } from "./safetensors.ts";
import { transformersNames } from "./tensor-names.ts";

const FILE = "model.safetensors";
const CONFIG: Dinov2Config = {
	family: "dinov2",
	hiddenSize: 6,
	layers: 3,
	heads: 2,
	mlp: "gelu",
	mlpSize: 24,
	registers: 4,
	patchSize: 2,
	imageSize: 4,
	layerNormEps: 1e-6,
	biases: { query: true, key: true, value: true },
};

/** Entries of F32 tensors, one after the other from byte 100 on. */
function describeFile(tensors: readonly (readonly [string, readonly number[]])[]): Map<string, SafetensorsEntry> {
	const entries = new Map<string, SafetensorsEntry>();
	let offset = 100;
	for (const [name, shape] of tensors) {
		const length = shape.reduce((product, size) => product * size, 4);
		entries.set(name, { name, dtype: "F32", shape, offset, length });
		offset += length;
	}
	return entries;
}

/** The tensors of the original code's checkpoint, whose blocks' names start as `block` says. */
function originalTensors(
	config: Dinov2Config,
	block: (layer: number) => string,
): readonly (readonly [string, readonly number[]])[] {
	const { hiddenSize: c, mlpSize: f } = config;
	const linear = (name: string, out: number, from: number): [string, number[]][] => [
		[`${name}.weight`, [out, from]],
		[`${name}.bias`, [out]],
	];
	const norm = (name: string): [string, number[]][] => [
		[`${name}.weight`, [c]],
		[`${name}.bias`, [c]],
	];
	const layers = Array.from({ length: config.layers }, (_, layer) => {
		const prefix = block(layer);
		const [first, second] = config.mlp === "gelu" ? ["fc1", "fc2"] : ["w12", "w3"];
		return [
			...norm(`${prefix}.norm1`),
			...linear(`${prefix}.attn.qkv`, 3 * c, c),
			...linear(`${prefix}.attn.proj`, c, c),
			[`${prefix}.ls1.gamma`, [c]] as const,
			...norm(`${prefix}.norm2`),
			...linear(`${prefix}.mlp.${first}`, config.mlp === "gelu" ? f : 2 * f, c),
			...linear(`${prefix}.mlp.${second}`, c, f),
			[`${prefix}.ls2.gamma`, [c]] as const,
		];
	});
	return [
		["cls_token", [1, 1, c]],
		["pos_embed", [1, 5, c]],
		["register_tokens", [1, config.registers, c]],
		["mask_token", [1, c]],
		["patch_embed.proj.weight", [c, 3, 2, 2]],
		["patch_embed.proj.bias", [c]],
		...layers.flat(),
		...norm("norm"),
	];
}

function shapes(entries: ReadonlyMap<string, SafetensorsEntry>): Record<string, readonly number[]> {
	return Object.fromEntries([...entries].map(([name, { shape }]) => [name, shape]));
}

describe("transformersNames", () => {
	const own = describeFile(requiredTensors(CONFIG).map(({ name, shape }) => [name, shape]));

	it("leaves a checkpoint of transformers as it is", () => {
		expect(transformersNames(own, ORIGINAL_NAMES, FILE)).toBe(own);
	});

	it.each(["dinov2.", "dinov2_with_registers.", "model.backbone."])("drops the prefix %s", (prefix) => {
		const inside = [...own].map(([name, entry]) => [prefix + name, { ...entry, name: prefix + name }] as const);
		const head = describeFile([["classifier.weight", [10, 6]]]);
		const named = transformersNames(new Map([...head, ...inside]), ORIGINAL_NAMES, FILE);
		expect(shapes(named)).toEqual(shapes(own));
	});

	it.each([
		["plain", "gelu", "", (layer: number) => `blocks.${layer}`],
		["in chunks", "gelu", "", (layer: number) => `blocks.${Math.floor(layer / 2)}.${layer}`],
		["in one chunk", "swiglu", "", (layer: number) => `blocks.0.${layer}`],
		["behind a prefix", "swiglu", "backbone.", (layer: number) => `blocks.${layer}`],
	] as const)("reads the names of the original code, %s", (_, mlp, prefix, block) => {
		const config = { ...CONFIG, mlp };
		const tensors = originalTensors(config, block).map(([name, shape]) => [prefix + name, shape] as const);
		const entries = describeFile([["dino_head.mlp.0.weight", [8, 6]], ...tensors]);
		const named = transformersNames(entries, ORIGINAL_NAMES, FILE);
		const expected = requiredTensors(config).map(({ name, shape }) => [name, shape] as const);
		expect(shapes(named)).toEqual(Object.fromEntries(expected));
		for (const kind of ["weight", "bias"]) {
			const stacked = entries.get(`${prefix}${block(1)}.attn.qkv.${kind}`) as SafetensorsEntry;
			const parts = ["query", "key", "value"].map((part) =>
				named.get(`encoder.layer.1.attention.attention.${part}.${kind}`),
			);
			const length = stacked.length / 3;
			expect(parts.map((part) => [part?.offset, part?.length])).toEqual([
				[stacked.offset, length],
				[stacked.offset + length, length],
				[stacked.offset + 2 * length, length],
			]);
		}
	});

	it("prefers the network that has no prefix", () => {
		const teacher = describeFile([["teacher.embeddings.cls_token", [1, 1, 6]]]);
		const both = new Map([...own, ...teacher]);
		expect(transformersNames(both, ORIGINAL_NAMES, FILE)).toBe(both);
	});

	it.each([
		["several networks", ["teacher.embeddings.cls_token", "student.embeddings.cls_token"], "holds 2 networks"],
		[
			"several networks of the original code",
			["a.cls_token", "a.patch_embed.proj.weight", "b.cls_token", "b.patch_embed.proj.weight"],
			'names that start with "a.", "b."',
		],
		[
			"a tensor twice",
			["cls_token", "patch_embed.proj.weight", "blocks.1.norm1.weight", "blocks.0.1.norm1.weight"],
			'as "blocks.1.norm1.weight" and "blocks.0.1.norm1.weight"',
		],
		[
			"query, key and value that are no thirds",
			["cls_token", "patch_embed.proj.weight", "blocks.1.attn.qkv.weight"],
			"[7,2] must hold query, key and value in three equal parts",
		],
	])("rejects a file with %s", (_, names, message) => {
		const entries = describeFile(names.map((name) => [name, [7, 2]]));
		expect(() => transformersNames(entries, ORIGINAL_NAMES, FILE)).toThrow(
			expect.objectContaining({ code: "MODEL_TENSOR_INVALID", message: expect.stringContaining(message) }),
		);
	});

	it("leaves what it does not know to whoever needs it", () => {
		const other = describeFile([
			["vision_model.embeddings.class_embedding", [6]],
			["head.cls_token", [1, 1, 6]],
		]);
		expect(transformersNames(other, ORIGINAL_NAMES, FILE)).toBe(other);
	});
});
