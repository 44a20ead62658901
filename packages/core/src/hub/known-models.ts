/** A short name and the Hugging Face repository that it stands for. */
export interface KnownModel {
	readonly name: string;
	readonly repo: string;
	/** Under which licence the weights are, as the hub has it. */
	readonly licence: string;
	/** Where its text is, unless everybody knows it. */
	readonly licenceUrl?: string;
	/** Its makers' own repository, where that one asks for a permission and `repo` is an open mirror. */
	readonly gatedRepo?: string;
}

const DINOV2_SIZES = ["small", "base", "large", "giant"];
/** The sizes of DINOv3, in the names of its makers and of timm. */
const DINOV3_SIZES = [
	["small", "vits16", "small"],
	["small-plus", "vits16plus", "small_plus"],
	["base", "vitb16", "base"],
	["large", "vitl16", "large"],
	["huge-plus", "vith16plus", "huge_plus"],
];
const DINOV3_LICENCE = {
	licence: "dinov3-license",
	licenceUrl: "https://ai.meta.com/resources/models-and-libraries/dinov3-license",
};

/** Every short name of a model on the hub; `-reg` is the DINOv2 with registers. */
export const KNOWN_MODELS: readonly KnownModel[] = [
	...DINOV2_SIZES.flatMap((size) => [
		{ name: `dinov2-${size}`, repo: `facebook/dinov2-${size}`, licence: "apache-2.0" },
		{ name: `dinov2-${size}-reg`, repo: `facebook/dinov2-with-registers-${size}`, licence: "apache-2.0" },
	]),
	...DINOV3_SIZES.map(([size, makers, timm]) => ({
		name: `dinov3-${size}`,
		repo: `timm/vit_${timm}_patch16_dinov3.lvd1689m`,
		gatedRepo: `facebook/dinov3-${makers}-pretrain-lvd1689m`,
		...DINOV3_LICENCE,
	})),
];

/** Models of these families that are refused by their names, so that nobody downloads them in vain. */
export const UNSUPPORTED_MODELS: readonly { readonly names: RegExp; readonly why: string }[] = [
	{
		names: /^(dinov3-(giant|7b)|[\w-]+\/(dinov3-vit7b16|vit_7b_patch16_dinov3).*)$/i,
		why: "the 7B model of DINOv3 takes 27 GB. Take dinov3-huge-plus, which was made from it.",
	},
	{
		names: /^(dinov3-convnext.*|[\w-]+\/(dinov3-convnext|convnext_\w+\.dinov3).*)$/i,
		why: "the ConvNeXts of DINOv3 have no patch tokens. Take one of its ViTs, as dinov3-small.",
	},
];

/** The open mirror of a repository that asks for a permission. */
export function openMirror(repo: string): KnownModel | undefined {
	return KNOWN_MODELS.find(({ gatedRepo }) => gatedRepo === repo);
}

/**
 * The licence of a model for people.
 *
 * @param told what the model's card tells.
 */
export function describeLicence(repo: string, told: string | undefined): string | undefined {
	const known = KNOWN_MODELS.find((model) => model.repo === repo || model.gatedRepo === repo);
	const licence = told ?? known?.licence;
	return known?.licenceUrl === undefined ? licence : `${licence}, see ${known.licenceUrl}`;
}
