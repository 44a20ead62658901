import { describe, expect, it } from "vitest";
import { loadTensors } from "../../../../../fixtures/load.ts";
import type { SafetensorsEntry } from "../safetensors.ts";
import { DINOV3 } from "./family.ts";

/** A file with tensors of these names, all of six rows. */
function entriesOf(names: readonly string[]): Map<string, SafetensorsEntry> {
	return new Map(names.map((name) => [name, { name, dtype: "F32", shape: [6, 2], offset: 100, length: 48 }]));
}

const named = (names: readonly string[]) => [...DINOV3.nameTensors(entriesOf(names), "model.safetensors").keys()];

describe("the names of a DINOv3's tensors", () => {
	const own = [...loadTensors("reference/dinov3/gated/model.safetensors").keys()];

	it("are those of transformers, whichever release wrote them, alone or in a larger network", () => {
		expect(named(own)).toEqual(own);
		expect(named(own.map((name) => name.replace(/^layer\./, "model.layer.")))).toEqual(own);
		expect(named(["classifier.weight", ...own.map((name) => `dinov3_vit.${name}`)])).toEqual(own);
		expect(named(own.map((name) => `backbone.${name.replace(/^layer\./, "model.layer.")}`))).toEqual(own);
	});

	it("are found behind timm's, query, key and value in the thirds of one tensor", () => {
		const timm = ["cls_token", "reg_token", "patch_embed.proj.weight", "blocks.2.gamma_1", "blocks.2.mlp.fc1_g.bias"];
		const attention = ["blocks.2.attn.qkv.weight", "blocks.2.attn.q_bias", "blocks.2.attn.v_bias", "head.weight"];
		const found = DINOV3.nameTensors(entriesOf([...timm, ...attention]), "model.safetensors");
		expect([...found.keys()].sort()).toEqual([
			"embeddings.cls_token",
			"embeddings.patch_embeddings.weight",
			"embeddings.register_tokens",
			"layer.2.attention.k_proj.weight",
			"layer.2.attention.q_proj.bias",
			"layer.2.attention.q_proj.weight",
			"layer.2.attention.v_proj.bias",
			"layer.2.attention.v_proj.weight",
			"layer.2.layer_scale1.lambda1",
			"layer.2.mlp.gate_proj.bias",
		]);
		expect(found.get("layer.2.attention.k_proj.weight")).toMatchObject({ shape: [2, 2], offset: 116, length: 16 });
	});

	it("that occur twice are an error", () => {
		const twice = ["cls_token", "patch_embed.proj.weight", "blocks.0.mlp.fc1.weight", "blocks.0.mlp.fc1_x.weight"];
		expect(() => named(twice)).toThrow(
			expect.objectContaining({ code: "MODEL_TENSOR_INVALID", message: expect.stringContaining("occurs twice") }),
		);
	});
});
