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

/** What attention computes from the tokens of a block, in the order of its operator's inputs. */
export const PROJECTIONS = ["query", "key", "value"] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** What every vision transformer here has. */
interface VitConfig {
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
	readonly layerNormEps: number;
	/** Which of the projections have a bias. */
	readonly biases: Readonly<Record<Projection, boolean>>;
}

/** A DINOv2: its patches are told where they are by a table of positions. */
export interface Dinov2Config extends VitConfig {
	readonly family: "dinov2";
	/** Side of the pictures that the position table was made for, pixels. */
	readonly imageSize: number;
}

/** A DINOv3 ViT: queries and keys are rotated by where their patches are. */
export interface Dinov3Config extends VitConfig {
	readonly family: "dinov3";
	/** Longest period of the rotation over its shortest. */
	readonly ropeTheta: number;
}

/** What decides the computation, as `config.json` says. */
export type ModelConfig = Dinov2Config | Dinov3Config;

/** What decides the values of the pixels. */
export interface PreprocessorConfig {
	/** Per channel (R, G, B), after rescaling. */
	readonly mean: readonly [number, number, number];
	readonly std: readonly [number, number, number];
	readonly rescaleFactor: number;
}

/** A checkpoint's description: everything but the bytes of the weights. */
export interface Checkpoint<Config extends ModelConfig = ModelConfig> {
	readonly config: Config;
	readonly preprocessor: PreprocessorConfig;
	/** Every tensor that the architecture needs, checked for presence, shape and dtype. */
	readonly tensors: ReadonlyMap<string, TensorEntry>;
}
