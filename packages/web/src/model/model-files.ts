/** The files of a checkpoint, wherever they lie. */
export interface ModelFiles {
	/** What the user called the model. */
	readonly name: string;
	/** The commit on the hub; none for other models. */
	readonly revision: string | null;
	/** True for the model that comes with dinoseg. */
	readonly bundled: boolean;
	/** By their names in the checkpoint: `config.json`, `model.safetensors` and so on. */
	readonly files: ReadonlyMap<string, ModelFile>;
}

export interface ModelFile {
	readonly blob: Blob;
	/** Digest of its bytes, hex. */
	readonly sha256: string;
}

export const CONFIG_FILE = "config.json";
export const PREPROCESSOR_FILE = "preprocessor_config.json";
export const WEIGHTS_FILE = "model.safetensors";
/** In place of the weights where they are in several files. */
export const INDEX_FILE = "model.safetensors.index.json";
