/** The files without which a folder is no checkpoint. */
export const CONFIG_FILE = "config.json";
export const WEIGHTS_FILE = "model.safetensors";
/** In place of the weights where they are in several files. */
export const INDEX_FILE = "model.safetensors.index.json";

/** What a folder must hold, for messages. */
export const FOLDER_HOLDS =
	`A model's folder holds ${CONFIG_FILE} and ${WEIGHTS_FILE} (or ${INDEX_FILE} and the files that it names), as ` +
	`downloaded from Hugging Face. Weights with the names of the original code need a ${CONFIG_FILE} too: that of the ` +
	"same network on Hugging Face.";
