import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectFieldRejected } from "../../../../../fixtures/config-rejection.ts";
import { fixturePath, loadJson } from "../../../../../fixtures/load.ts";
import { parseModelConfig } from "../config.ts";

const FILE = "config.json";
const VALID = loadJson<Record<string, unknown>>("reference/backbone/mlp/config.json");

function parse(changes: Record<string, unknown>) {
	return parseModelConfig(JSON.stringify({ ...VALID, ...changes }), FILE);
}

describe("parseModelConfig", () => {
	it("reads a checkpoint of the facebook/dinov2 kind", () => {
		expect(parseModelConfig(readFileSync(fixturePath("reference/backbone/mlp/config.json"), "utf8"), FILE)).toEqual({
			family: "dinov2",
			hiddenSize: 64,
			layers: 4,
			heads: 2,
			mlp: "gelu",
			mlpSize: 256,
			registers: 0,
			patchSize: 14,
			imageSize: 518,
			layerNormEps: 1e-6,
			biases: { query: true, key: true, value: true },
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
		expect(parse({ model_type: "dinov2_with_registers" })).toEqual({ ...config, registers: 4 });
	});

	it("honours the fields that change the computation", () => {
		expect(parse({ qkv_bias: false }).biases).toEqual({ query: false, key: false, value: false });
		expect(parse({ layer_norm_eps: 1e-5 }).layerNormEps).toBe(1e-5);
		expect(parse({ mlp_ratio: 2.55 }).mlpSize).toBe(163);
		expect(parse({ model_type: "dinov2_with_registers", num_register_tokens: 7 }).registers).toBe(7);
		expect(parse({ num_register_tokens: 2 }).registers).toBe(2);
		expect(parse({ patch_size: 16, image_size: 224 })).toMatchObject({ patchSize: 16, imageSize: 224 });
	});

	it.each([
		[64, 4, 176],
		[1536, 4, 4096],
		[48, 2.55, 88],
		[8, 1, 8],
	])("gives a gated layer of %d channels at ratio %d its width", (hidden, ratio, width) => {
		// hidden_act is not looked at: a gated layer has an activation of its own.
		const changes = { hidden_size: hidden, mlp_ratio: ratio, use_swiglu_ffn: true, hidden_act: "silu" };
		expect(parse(changes)).toMatchObject({ mlp: "swiglu", mlpSize: width });
	});

	it.each([
		["dinov3_convnext", "a ConvNeXt of DINOv3"],
		["clip", "CLIP"],
		["clip_vision_model", "CLIP"],
		["siglip2_vision_model", "SigLIP"],
		["vit", "a plain ViT"],
		["vit_mae", "a masked autoencoder"],
		["beit", "BEiT"],
		["swinv2", "Swin"],
	])("says that %s is %s, and what is supported", (family, name) => {
		const message = `config.json: model_type must be "dinov2", "dinov2_with_registers" or "dinov3_vit", not ${name}`;
		expect(() => parse({ model_type: family })).toThrow(message);
		expect(() => parse({ model_type: family })).toThrow(`got "${family}". Supported are DINOv2 networks`);
	});

	it("knows a network around a DINOv2, and timm's way to name one", () => {
		const around = { model_type: "depth_anything", backbone_config: { model_type: "dinov2" } };
		expect(() => parse(around)).toThrow("Depth Anything");
		expect(() => parse(around)).toThrow("Its backbone is a DINOv2: take that checkpoint");
		const timm = { model_type: undefined, architecture: "vit_small_patch14_dinov2" };
		expect(() => parse(timm)).toThrow('"architecture": "vit_small_patch14_dinov2" is timm\'s way');
	});

	it.each([
		["hidden_size", "64", "an integer from 1 to 8192"],
		["hidden_size", undefined, "missing"],
		["hidden_size", 65, "a multiple of 2, for there are 2 heads"],
		["num_hidden_layers", 0, "an integer from 1 to 256"],
		["num_attention_heads", 2.5, "an integer from 1 to 256"],
		["mlp_ratio", 1e9, "a number from 1 to 64"],
		["patch_size", [14, 14], "an integer from 1 to 256"],
		["image_size", 13, "at least patch_size = 14"],
		["image_size", 16384, "at most 67108864 values of position"],
		["num_channels", 1, "only RGB networks are supported"],
		["layer_norm_eps", 0, "a number from 1e-12 to 0.1"],
		["qkv_bias", "yes", "true or false"],
		["hidden_act", "gelu_new", "with erf"],
		["use_swiglu_ffn", 1, "true or false"],
		["num_register_tokens", 65, "an integer from 0 to 64"],
		["num_register_tokens", -1, "an integer from 0 to 64"],
		["model_type", "dinov3_convnext", "another family of networks"],
		["model_type", "my_own", "another family of networks"],
		["model_type", ["dinov2"], "another family of networks"],
		["model_type", undefined, "missing"],
	])("rejects %s = %j, naming the value and what is allowed", (field, value, allowed) => {
		expectFieldRejected(() => parse({ [field]: value }), field, value, allowed);
	});

	it("rejects a network with registers that has none", () => {
		const changes = { model_type: "dinov2_with_registers", num_register_tokens: 0 };
		expect(() => parse(changes)).toThrow("num_register_tokens must be an integer from 1 to 64, got 0");
	});

	it.each(["", "{", "[]", "null", '"dinov2"', '{"layer_norm_eps": NaN}'])("rejects the text %j", (text) => {
		expect(() => parseModelConfig(text, FILE)).toThrow(expect.objectContaining({ code: "MODEL_CONFIG_INVALID" }));
	});
});
