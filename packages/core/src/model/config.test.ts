import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixturePath, loadJson } from "../../../../fixtures/load.ts";
import { parseModelConfig } from "./config.ts";

const FILE = "config.json";
const VALID = loadJson<Record<string, unknown>>("reference/backbone/mlp/config.json");

function parse(changes: Record<string, unknown>) {
	return parseModelConfig(JSON.stringify({ ...VALID, ...changes }), FILE);
}

describe("parseModelConfig", () => {
	it("reads a checkpoint of the facebook/dinov2 kind", () => {
		expect(parseModelConfig(readFileSync(fixturePath("reference/backbone/mlp/config.json"), "utf8"), FILE)).toEqual({
			hiddenSize: 64,
			layers: 4,
			heads: 2,
			mlpSize: 256,
			patchSize: 14,
			imageSize: 518,
			layerNormEps: 1e-6,
			qkvBias: true,
		});
	});

	it("gives absent fields the defaults of transformers", () => {
		const config = parse({
			qkv_bias: undefined,
			layer_norm_eps: undefined,
			hidden_act: undefined,
			mlp_ratio: undefined,
			num_channels: undefined,
			use_swiglu_ffn: undefined,
		});
		expect(config).toEqual(parse({}));
	});

	it("honours the fields that change the computation", () => {
		expect(parse({ qkv_bias: false }).qkvBias).toBe(false);
		expect(parse({ layer_norm_eps: 1e-5 }).layerNormEps).toBe(1e-5);
		expect(parse({ mlp_ratio: 2.55 }).mlpSize).toBe(163);
		expect(parse({ patch_size: 16, image_size: 224 })).toMatchObject({ patchSize: 16, imageSize: 224 });
	});

	it.each([
		["hidden_size", "64", "an integer from 1 to 8192"],
		["hidden_size", undefined, "missing"],
		["hidden_size", 65, "a multiple of num_attention_heads = 2"],
		["num_hidden_layers", 0, "an integer from 1 to 256"],
		["num_attention_heads", 2.5, "an integer from 1 to 256"],
		["mlp_ratio", 1e9, "a number from 1 to 64"],
		["patch_size", [14, 14], "an integer from 1 to 256"],
		["image_size", 13, "at least patch_size = 14"],
		["num_channels", 1, "only RGB networks are supported"],
		["layer_norm_eps", 0, "a number from 1e-12 to 0.1"],
		["qkv_bias", "yes", "true or false"],
		["hidden_act", "gelu_new", "with erf"],
		["use_swiglu_ffn", true, "Supported are"],
		["num_register_tokens", 4, "Supported are"],
		["model_type", "dinov2_with_registers", "without register tokens"],
		["model_type", "dinov3_vit", "not another family of networks"],
		["model_type", undefined, "missing"],
	])("rejects %s = %j, naming the value and what is allowed", (field, value, allowed) => {
		expect(() => parse({ [field]: value })).toThrow(
			expect.objectContaining({
				code: "MODEL_CONFIG_INVALID",
				message: expect.stringContaining(`${FILE}: ${field} must `),
			}),
		);
		expect(() => parse({ [field]: value })).toThrow(allowed);
		expect(() => parse({ [field]: value })).toThrow(value === undefined ? "missing" : JSON.stringify(value));
	});

	it.each(["", "{", "[]", "null", '"dinov2"', '{"layer_norm_eps": NaN}'])("rejects the text %j", (text) => {
		expect(() => parseModelConfig(text, FILE)).toThrow(expect.objectContaining({ code: "MODEL_CONFIG_INVALID" }));
	});
});
