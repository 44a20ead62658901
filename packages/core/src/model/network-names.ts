/** Names of tensors in transformers' `Dinov2Model`; of a linear layer or a norm without `.weight` and `.bias`. */
export const CLASS_TOKEN = "embeddings.cls_token";
export const POSITION_TABLE = "embeddings.position_embeddings";
export const REGISTER_TOKENS = "embeddings.register_tokens";
export const PATCH_PROJECTION = "embeddings.patch_embeddings.projection";
export const FINAL_NORM = "layernorm";

/** The prefix of the tensors of one block. */
export function layerPrefix(layer: number): string {
	return `encoder.layer.${layer}`;
}
