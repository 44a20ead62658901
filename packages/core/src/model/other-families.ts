import type { ModelConfig } from "./checkpoint.ts";
import { type ConfigFields, rejectField } from "./config-fields.ts";
import { describeValue } from "./describe-value.ts";

/** What a checkpoint must be, for messages. */
export const SUPPORTED =
	'Supported are DINOv2 networks (model_type "dinov2" or "dinov2_with_registers"), as facebook/dinov2-small, -base, ' +
	"-large, -giant and facebook/dinov2-with-registers-small, -base, -large, -giant, and DINOv3 ViTs (model_type " +
	'"dinov3_vit"; in timm\'s layout architecture "vit_*_patch16_dinov3"), as facebook/dinov3-vits16-pretrain-lvd1689m ' +
	"and timm/vit_small_patch16_dinov3.lvd1689m.";

/** Other families of networks, by the start of transformers' `model_type`; the first that fits counts. */
const FAMILIES: readonly (readonly [start: string, family: string])[] = [
	["dinov3_convnext", "a ConvNeXt of DINOv3"],
	["dinov3", "a variant of DINOv3"],
	["dinov2", "a variant of DINOv2"],
	["dino", "DINO"],
	["clip", "CLIP"],
	["chinese_clip", "CLIP"],
	["metaclip", "CLIP"],
	["siglip", "SigLIP"],
	["vit_mae", "a masked autoencoder"],
	["vitdet", "ViTDet"],
	["vitpose", "ViTPose"],
	["vit", "a plain ViT (DINO v1 is saved as one too)"],
	["beit", "BEiT"],
	["data2vec", "data2vec"],
	["deit", "DeiT"],
	["ijepa", "I-JEPA"],
	["vjepa", "V-JEPA"],
	["eva", "EVA"],
	["aimv2", "AIMv2"],
	["swin", "Swin"],
	["convnext", "ConvNeXt"],
	["resnet", "ResNet"],
	["sam", "Segment Anything"],
	["hiera", "Hiera"],
	["depth_anything", "Depth Anything"],
	["dpt", "DPT"],
];

/** Tensors that only another family's checkpoint has. */
const TELLTALES: readonly (readonly [tensor: RegExp, what: string, family?: ModelConfig["family"]])[] = [
	[/(^|\.)layer\.\d+\.attention\.q_proj\.|(^|\.)rope_embed\./, "DINOv3", "dinov3"],
	[/(^|\.)encoder\.layer\.\d+\.layer_scale1\./, "DINOv2", "dinov2"],
	[/(^|\.)vision_model\.(embeddings\.class_embedding|pre_layrnorm\.)/, "CLIP"],
	[/(^|\.)vision_model\.(embeddings\.patch_embedding|head\.probe)/, "SigLIP"],
	[/(^|\.)visual\.(class_embedding|transformer\.)/, "CLIP"],
	[/(^|\.)(relative_position_bias|lambda_1$)/, "BEiT"],
	[/(^|\.)layernorm_before\./, "a plain ViT (DINO v1 is saved as one too)"],
	[/(^|\.)reg_token$/, "a network in timm's own layout", "dinov3"],
];

/**
 * Throw MODEL_CONFIG_INVALID for a `config.json` of another family, saying which one it is and what is supported.
 */
export function rejectFamily(fields: ConfigFields, file: string): never {
	const { model_type: family, architecture, backbone_config: backbone } = fields;
	if (family === undefined && typeof architecture === "string") {
		const must = `must say which network this is; "architecture": ${describeValue(architecture)} is timm's way`;
		const remedy = "Take the same network in the layout of Hugging Face transformers.";
		rejectField(file, "model_type", family, must, `${SUPPORTED} ${remedy}`);
	}
	const name = typeof family === "string" ? nameFamily(family) : undefined;
	const what = name === undefined ? "another family of networks" : `${name}, another family of networks`;
	const inner =
		typeof backbone === "object" && backbone !== null && "model_type" in backbone ? backbone.model_type : "";
	const advice =
		typeof inner === "string" && /^dinov[23]/.test(inner)
			? ` Its backbone is a ${inner.startsWith("dinov2") ? "DINOv2" : "DINOv3"}: take that checkpoint, which the model's card names, instead.`
			: "";
	const must = `must be "dinov2", "dinov2_with_registers" or "dinov3_vit", not ${what}`;
	rejectField(file, "model_type", family, must, `${SUPPORTED}${advice}`);
}

function nameFamily(modelType: string): string | undefined {
	return FAMILIES.find(([start]) => modelType.toLowerCase().startsWith(start))?.[1];
}

/** Another family than the one that `config.json` names, if a checkpoint's tensors give one away. */
export function familyOfTensors(names: Iterable<string>, named: ModelConfig["family"]): string | undefined {
	const others = TELLTALES.filter(([, , family]) => family !== named);
	for (const name of names) {
		const found = others.find(([tensor]) => tensor.test(name));
		if (found !== undefined) {
			return found[1];
		}
	}
	return undefined;
}
