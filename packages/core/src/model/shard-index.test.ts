import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LocatedEntry, mergeShards, parseShardIndex } from "./shard-index.ts";

const FILE = "model.safetensors.index.json";
const FIRST = "model-00001-of-00002.safetensors";
const SECOND = "model-00002-of-00002.safetensors";
const MAP = { "norm.weight": SECOND, "embeddings.cls_token": FIRST, "norm.bias": SECOND };

function parse(weightMap: unknown) {
	return parseShardIndex(JSON.stringify({ metadata: { total_size: 12 }, weight_map: weightMap }), FILE);
}

function entry(name: string): LocatedEntry {
	return { name, dtype: "F32", shape: [1], offset: 8, length: 4, file: "somewhere" };
}

function shards(first: readonly string[], second: readonly string[]) {
	const entries = (names: readonly string[]) => new Map(names.map((name) => [name, entry(name)]));
	return new Map([
		[FIRST, entries(first)],
		[SECOND, entries(second)],
	]);
}

describe("parseShardIndex", () => {
	it("lists the files and where each tensor lies", () => {
		const { files, weights } = parse(MAP);
		expect(files).toEqual([SECOND, FIRST]);
		expect(Object.fromEntries(weights)).toEqual(MAP);
	});

	it.each([
		"../model.safetensors",
		"/etc/model.safetensors",
		"sub/model.safetensors",
		"sub\\model.safetensors",
		"C:model.safetensors",
		"model.safetensors\0",
		"mo\ndel.safetensors",
		".safetensors",
		"pytorch_model.bin",
		"",
		"..",
		`${"m".repeat(300)}.safetensors`,
		7,
		null,
		["model.safetensors"],
	])("refuses the file name %j", (name) => {
		expect(() => parse({ ...MAP, "norm.bias": name })).toThrow(
			expect.objectContaining({
				code: "MODEL_CONFIG_INVALID",
				message: expect.stringContaining(
					`${FILE}: weight_map names for tensor "norm.bias" must be a .safetensors file`,
				),
			}),
		);
	});

	it.each([
		["", "not JSON"],
		["[]", "must be a JSON object"],
		["{}", "weight_map must be an object of tensor names and file names, but it is missing"],
		['{"weight_map": []}', "weight_map must be an object"],
		['{"weight_map": {}}', "weight_map must name 1 to 256 files, got 0"],
		[`{"weight_map": {"a": "${FIRST}", "a": "${SECOND}"}}`, 'has the key "a" twice in one object'],
	])("refuses %j", (text, message) => {
		expect(() => parseShardIndex(text, FILE)).toThrow(
			expect.objectContaining({ code: "MODEL_CONFIG_INVALID", message: expect.stringContaining(message) }),
		);
	});

	it("refuses more files than a checkpoint has", () => {
		const many = Array.from({ length: 257 }, (_, i) => [`t${i}`, `model-${i}.safetensors`]);
		expect(() => parse(Object.fromEntries(many))).toThrow("must name 1 to 256 files, got 257");
	});

	it("names only files beside the index, whatever it says", () => {
		const name = fc.oneof(
			fc.constantFrom(FIRST, SECOND),
			fc.string(),
			fc.string().map((text) => `${text}.safetensors`),
		);
		fc.assert(
			fc.property(fc.dictionary(fc.string(), name), (map) => {
				try {
					for (const file of parse(map).files) {
						expect(file).toMatch(/^[^/\\:]+\.safetensors$/);
					}
				} catch (error) {
					expect(error).toMatchObject({ code: "MODEL_CONFIG_INVALID" });
				}
			}),
		);
	});
});

describe("mergeShards", () => {
	it("takes each tensor from its file and leaves out those that the index does not list", () => {
		const merged = mergeShards(
			parse(MAP),
			shards(["embeddings.cls_token", "unlisted"], ["norm.weight", "norm.bias", "unlisted"]),
			FILE,
		);
		expect([...merged.keys()].sort()).toEqual(Object.keys(MAP).sort());
	});

	it.each([
		["absent", ["embeddings.cls_token"], ["norm.weight"], `"norm.bias" is not in ${SECOND}, where the index says`],
		["in the other file", ["embeddings.cls_token", "norm.bias"], ["norm.weight"], '"norm.bias" is not in'],
		[
			"in both files",
			["embeddings.cls_token", "norm.bias"],
			["norm.weight", "norm.bias"],
			`"norm.bias" is both in ${FIRST} and in ${SECOND}`,
		],
	])("refuses a tensor that is %s", (_, first, second, message) => {
		expect(() => mergeShards(parse(MAP), shards(first, second), FILE)).toThrow(
			expect.objectContaining({ code: "MODEL_TENSOR_INVALID", message: expect.stringContaining(message) }),
		);
	});
});
