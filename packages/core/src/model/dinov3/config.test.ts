import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectFieldRejected } from "../../../../../fixtures/config-rejection.ts";
import { fixturePath, loadJson } from "../../../../../fixtures/load.ts";
import { parseModelConfig } from "../config.ts";

const FILE = "config.json";
const VALID = loadJson<Record<string, unknown>>("reference/dinov3/mlp/config.json");
const TIMM = { architecture: "vit_small_patch16_dinov3", num_classes: 0, num_features: 384, global_pool: "avg" };

const parse = (changes: Record<string, unknown>) => parseModelConfig(JSON.stringify({ ...VALID, ...changes }), FILE);
const parseTimm = (changes: Record<string, unknown>) => parseModelConfig(JSON.stringify({ ...TIMM, ...changes }), FILE);

const SMALL = {
	family: "dinov3",
	hiddenSize: 384,
	layers: 12,
	heads: 6,
	mlp: "gelu",
	mlpSize: 1536,
	registers: 4,
	patchSize: 16,
	layerNormEps: 1e-5,
	biases: { query: false, key: false, value: false },
	ropeTheta: 100,
};

describe("the configuration of a DINOv3 in transformers' layout", () => {
	it.each([
		["mlp", { mlp: "gelu", mlpSize: 384, biases: { query: true, key: false, value: true } }],
		["gated", { mlp: "swiglu", mlpSize: 384, biases: { query: true, key: false, value: true } }],
		["nobias", { mlp: "swiglu", mlpSize: 192, biases: { query: false, key: false, value: false } }],
	])("is read of the reference checkpoint %s", (model, expected) => {
		const text = readFileSync(fixturePath(`reference/dinov3/${model}/config.json`), "utf8");
		expect(parseModelConfig(text, FILE)).toEqual({ ...SMALL, hiddenSize: 96, layers: 4, heads: 3, ...expected });
	});

	it("gives absent fields the defaults of transformers", () => {
		const { model_type, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads } = VALID;
		const least = { model_type, hidden_size, intermediate_size, num_hidden_layers, num_attention_heads };
		expect(parseModelConfig(JSON.stringify(least), FILE)).toEqual({ ...parse({}), registers: 0 });
	});

	it("honours the fields that change the computation", () => {
		expect(parse({ rope_theta: 50 })).toMatchObject({ ropeTheta: 50 });
		expect(parse({ key_bias: true, value_bias: false }).biases).toEqual({ query: true, key: true, value: false });
		expect(parse({ layer_norm_eps: 1e-6, patch_size: 8, num_register_tokens: 0 })).toMatchObject({
			layerNormEps: 1e-6,
			patchSize: 8,
			registers: 0,
		});
	});

	it.each([
		["hidden_size", 97, "a multiple of 12, for there are 3 heads"],
		["hidden_size", 102, "a multiple of 12, for there are 3 heads"],
		["intermediate_size", undefined, "missing"],
		["hidden_act", "silu", '"gelu" (the exact one, with erf) where use_gated_mlp is false'],
		["rope_theta", 0, "a number from 1 to 1000000000"],
		["proj_bias", false, "true"],
		["mlp_bias", false, "true"],
		["num_channels", 4, "only RGB networks are supported"],
		["num_register_tokens", 65, "an integer from 0 to 64"],
		["query_bias", "yes", "true or false"],
	])("rejects %s = %j, naming the value and what is allowed", (field, value, allowed) => {
		expectFieldRejected(() => parse({ [field]: value }), field, value, allowed);
	});

	it("rejects a gated layer of another activation", () => {
		expect(() => parse({ use_gated_mlp: true })).toThrow(
			'hidden_act must be "silu" where use_gated_mlp is true, got "gelu"',
		);
	});
});

describe("the configuration of a DINOv3 in timm's layout", () => {
	it.each<[string, Record<string, unknown>]>([
		["vit_small_patch16_dinov3", {}],
		["vit_small_plus_patch16_dinov3", { mlp: "swiglu" }],
		["vit_base_patch16_dinov3", { hiddenSize: 768, heads: 12, mlpSize: 3072 }],
		["vit_large_patch16_dinov3_qkvb", { hiddenSize: 1024, layers: 24, heads: 16, mlpSize: 4096, biases: true }],
		["vit_huge_plus_patch16_dinov3", { hiddenSize: 1280, layers: 32, heads: 20, mlp: "swiglu", mlpSize: 5120 }],
	])("has the sizes of %s", (architecture, { biases = false, ...sizes }) => {
		const expected = { ...SMALL, ...sizes, biases: { query: biases, key: false, value: biases } };
		expect(parseTimm({ architecture })).toEqual(expected);
	});

	it("honours model_args", () => {
		const args = { embed_dim: 60, depth: 2, num_heads: 3, mlp_ratio: 2.5, num_reg_tokens: 1, patch_size: 8 };
		const others = { qkv_bias: true, swiglu_mlp: true, rope_temperature: 50, img_size: 256, dynamic_img_size: true };
		expect(parseTimm({ model_args: { ...args, ...others } })).toEqual({
			...SMALL,
			...{
				hiddenSize: 60,
				layers: 2,
				heads: 3,
				mlp: "swiglu",
				mlpSize: 152,
				registers: 1,
				patchSize: 8,
				ropeTheta: 50,
			},
			biases: { query: true, key: false, value: true },
		});
	});

	it.each([
		[
			{ architecture: "vit_7b_patch16_dinov3" },
			"architecture must be a DINOv3 ViT of the size small, small_plus, base",
		],
		[{ model_args: { use_fc_norm: true } }, "model_args.use_fc_norm must not be there: it is not understood, got true"],
		[{ model_args: [] }, "model_args must be an object, got []"],
		[{ model_args: { depth: 0 } }, "depth must be an integer from 1 to 256, got 0"],
		[{ architecture: "convnext_tiny" }, '"architecture": "convnext_tiny" is timm\'s way'],
	])("rejects %j", (changes, message) => {
		expect(() => parseTimm(changes)).toThrow(
			expect.objectContaining({ code: "MODEL_CONFIG_INVALID", message: expect.stringContaining(message) }),
		);
	});
});
