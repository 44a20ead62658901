/** Element types that a checkpoint may have; all but F32 are widened inside the network. */
export type TensorDtype = "F32" | "F16" | "BF16";

/** Where one tensor of a checkpoint lies. */
export interface TensorEntry {
	readonly name: string;
	readonly dtype: TensorDtype;
	readonly shape: readonly number[];
	/** File that holds the bytes: its path relative to the folder of the checkpoint's files, with slashes. */
	readonly file: string;
	/** First byte, counted from the start of the file. May exceed 2^32. */
	readonly offset: number;
	/** Bytes. */
	readonly length: number;
}

/** The fields of `config.json` that decide the computation. */
export interface ModelConfig {
	readonly hiddenSize: number;
	readonly layers: number;
	readonly heads: number;
	/** The feed-forward part of a block: two linears with a GELU between, or the gated SwiGLU. */
	readonly mlp: "gelu" | "swiglu";
	/** Width of the hidden layer of the feed-forward part; of SwiGLU, of one of its halves. */
	readonly mlpSize: number;
	/** Register tokens between the class token and the patches. */
	readonly registers: number;
	readonly patchSize: number;
	/** Side of the pictures that the position table was made for, pixels. */
	readonly imageSize: number;
	readonly layerNormEps: number;
	/** False: query, key and value have no bias. */
	readonly qkvBias: boolean;
}

/** The fields of `preprocessor_config.json` that decide the computation; size and crop are not used. */
export interface PreprocessorConfig {
	/** Per channel (R, G, B), after rescaling. */
	readonly mean: readonly [number, number, number];
	readonly std: readonly [number, number, number];
	readonly rescaleFactor: number;
}

/** A checkpoint's description: everything but the bytes of the weights. */
export interface Checkpoint {
	readonly config: ModelConfig;
	readonly preprocessor: PreprocessorConfig;
	/** Every tensor that the architecture needs, checked for presence, shape and dtype. */
	readonly tensors: ReadonlyMap<string, TensorEntry>;
}
