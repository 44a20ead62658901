import type { Dimensions } from "../image/index.ts";
import type { PositionGrid } from "../options/index.ts";
import type { Checkpoint, ModelConfig, TensorEntry } from "./checkpoint.ts";
import type { ConfigFields } from "./config-fields.ts";
import { DINOV2 } from "./dinov2/family.ts";
import { DINOV3 } from "./dinov3/family.ts";
import type { Family, PlacedModel, PlaceOptions } from "./family.ts";
import type { PlaceInputs } from "./network-ports.ts";
import type { RequiredTensor } from "./required-tensors.ts";

const FAMILIES: { readonly [Name in ModelConfig["family"]]: Family<Extract<ModelConfig, { family: Name }>> } = {
	dinov2: DINOV2,
	dinov3: DINOV3,
};

/** The family of a model: it may be asked of models of that family only. */
export function familyOf(config: ModelConfig): Family<ModelConfig> {
	return FAMILIES[config.family] as Family<ModelConfig>;
}

/** The family that a `config.json` is of, if it is a supported one. */
export function recogniseFamily(fields: ConfigFields): Family<ModelConfig> | undefined {
	return (Object.values(FAMILIES) as Family<ModelConfig>[]).find((family) => family.recognises(fields));
}

/** Every tensor that the network reads, with its shape. A weight is (out, in), as torch's `Linear` holds it. */
export function requiredTensors(config: ModelConfig): readonly RequiredTensor[] {
	return familyOf(config).requiredTensors(config);
}

/** The tensors of a checkpoint whose values {@link placeInputs} needs. */
export function placeTables(checkpoint: Checkpoint): readonly TensorEntry[] {
	return familyOf(checkpoint.config).placeTables(checkpoint);
}

/**
 * The name of the rule by which a network learns where its patches are: with other rules its tokens are others.
 *
 * @throws DinosegError OPTION_INVALID for an option that means nothing to the network.
 */
export function placeRule(config: ModelConfig, positionGrid: PositionGrid): string {
	return familyOf(config).placeRule(config, positionGrid);
}

/**
 * What a network needs beside the pixels of a picture. It depends on the size of the picture alone.
 *
 * @param input size of the network's input, pixels.
 * @throws DinosegError OPTION_INVALID as {@link placeRule}
 */
export function placeInputs(model: PlacedModel, input: Dimensions, options: PlaceOptions): PlaceInputs {
	return familyOf(model.config).placeInputs(model, input, options);
}
