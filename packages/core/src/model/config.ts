import type { ModelConfig } from "./checkpoint.ts";
import { parseJsonObject } from "./config-fields.ts";
import { recogniseFamily } from "./families.ts";
import { rejectFamily } from "./other-families.ts";

/**
 * What a `config.json` says of the computation, in the layout of Hugging Face transformers or of timm.
 *
 * @param text the file's content.
 * @param file name for messages.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the field, its value and what is supported.
 */
export function parseModelConfig(text: string, file: string): ModelConfig {
	const fields = parseJsonObject(text, file);
	const family = recogniseFamily(fields) ?? rejectFamily(fields, file);
	return family.parseConfig(fields, file);
}
