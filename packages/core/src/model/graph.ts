import type { Checkpoint } from "./checkpoint.ts";
import {
	CLASS_TOKEN,
	checkpointTensor,
	classPositionEntry,
	FINAL_NORM,
	layerPrefix,
	PATCH_PROJECTION,
} from "./layout.ts";
import {
	floatAttribute,
	GraphBuilder,
	intAttribute,
	intsAttribute,
	MICROSOFT,
	type NodeOptions,
} from "./onnx/graph-builder.ts";

/**
 * The names of the network's inputs and outputs, all float32.
 *
 * - `pixels` (batch, 3, height, width): normalised; height and width are multiples of the patch.
 * - `positions` (patches, hidden): the position table on the picture's grid, see `interpolatePositions`.
 * - `tokens` (batch, patches, hidden): the patch tokens after the final LayerNorm, in raster order.
 */
export const NETWORK_INPUTS = { pixels: "pixels", positions: "positions" } as const;
export const NETWORK_OUTPUTS = { tokens: "tokens" } as const;

/**
 * Write a checkpoint's network as an ONNX model whose weights stay where they are.
 *
 * Initialisers are external data in the checkpoint's own files (location, offset, length), so the model is some tens of
 * kilobytes. Give it to onnxruntime as bytes, with `session.model_external_initializers_file_folder_path` (Node) or
 * `externalData` (web) saying where the files are. `MultiHeadAttention` and `Gelu` are onnxruntime's own operators.
 *
 * Convention: between the blocks the tokens are a matrix (batch * tokens, hidden), because `Gemm` takes matrices and
 * so uses a torch weight (out, in) as it lies; only attention sees the axes apart. Token 0 of a picture is the class token.
 *
 * Source: Oquab et al. 2023, arXiv:2304.07193; facebookresearch/dinov2, dinov2/models/vision_transformer.py.
 *
 * @returns an ONNX file, opset 17, with the inputs {@link NETWORK_INPUTS} and the outputs {@link NETWORK_OUTPUTS}.
 * @throws DinosegError MODEL_TENSOR_INVALID if a tensor is missing.
 */
export function buildNetworkGraph(checkpoint: Checkpoint): Uint8Array {
	const { hiddenSize, layers } = checkpoint.config;
	const network = new NetworkBuilder(checkpoint);
	const { graph } = network;
	const pixels = graph.input(NETWORK_INPUTS.pixels, ["batch", 3, "height", "width"]);
	const positions = graph.input(NETWORK_INPUTS.positions, ["patches", hiddenSize]);
	const embedded = network.embed(pixels, positions);
	const shape = graph.node("tokens.shape", "Shape", [embedded]);
	let tokens = network.reshape("embeddings.matrix", embedded, graph.integers([-1, hiddenSize]));
	for (let layer = 0; layer < layers; layer++) {
		tokens = network.block(layerPrefix(layer), tokens, shape);
	}
	const patches = network.dropClassToken(network.reshape("encoder.tokens", tokens, shape));
	network.layerNorm(FINAL_NORM, patches, { output: NETWORK_OUTPUTS.tokens });
	graph.output(NETWORK_OUTPUTS.tokens, ["batch", "patches", hiddenSize]);
	return graph.toBytes("dinov2");
}

/** The parts of a vision transformer as nodes of a graph. Every method returns the name of its result. */
class NetworkBuilder {
	readonly graph = new GraphBuilder();
	readonly #checkpoint: Checkpoint;

	constructor(checkpoint: Checkpoint) {
		this.#checkpoint = checkpoint;
	}

	/** Pixels and positions to tokens (batch, 1 + patches, hidden). */
	embed(pixels: string, positions: string): string {
		const { graph } = this;
		const { hiddenSize, patchSize } = this.#checkpoint.config;
		const weight = this.#weight(`${PATCH_PROJECTION}.weight`);
		const bias = this.#weight(`${PATCH_PROJECTION}.bias`);
		const projected = graph.node(PATCH_PROJECTION, "Conv", [pixels, weight, bias], {
			attributes: [intsAttribute("strides", [patchSize, patchSize])],
		});
		const flat = this.reshape("embeddings.channels_first", projected, graph.integers([0, hiddenSize, -1]));
		const patches = graph.node("embeddings.patches", "Transpose", [flat], {
			attributes: [intsAttribute("perm", [0, 2, 1])],
		});
		const placed = graph.node("embeddings.placed_patches", "Add", [patches, positions]);
		const classPosition = graph.weight(classPositionEntry(this.#checkpoint), "embeddings.class_position");
		const classToken = graph.node("embeddings.placed_class", "Add", [this.#weight(CLASS_TOKEN), classPosition]);
		const batch = graph.node("batch.size", "Shape", [pixels], {
			attributes: [intAttribute("start", 0), intAttribute("end", 1)],
		});
		const onePerPicture = graph.node("embeddings.class_shape", "Concat", [batch, graph.integers([1, hiddenSize])], {
			attributes: [intAttribute("axis", 0)],
		});
		const classTokens = graph.node("embeddings.class_tokens", "Expand", [classToken, onePerPicture]);
		return graph.node("embeddings.tokens", "Concat", [classTokens, placed], {
			attributes: [intAttribute("axis", 1)],
		});
	}

	/** One block of the encoder: attention and MLP, each with its LayerNorm, LayerScale and residual. */
	block(prefix: string, tokens: string, shape: string): string {
		const attention = this.#attention(`${prefix}.attention`, this.layerNorm(`${prefix}.norm1`, tokens), shape);
		const attended = this.#addScaled(`${prefix}.layer_scale1`, attention, tokens);
		const mlp = this.#mlp(`${prefix}.mlp`, this.layerNorm(`${prefix}.norm2`, attended));
		return this.#addScaled(`${prefix}.layer_scale2`, mlp, attended);
	}

	/** Normalise every token over its channels. */
	layerNorm(prefix: string, tokens: string, options: Pick<NodeOptions, "output"> = {}): string {
		const inputs = [tokens, this.#weight(`${prefix}.weight`), this.#weight(`${prefix}.bias`)];
		return this.graph.node(prefix, "LayerNormalization", inputs, {
			...options,
			attributes: [intAttribute("axis", -1), floatAttribute("epsilon", this.#checkpoint.config.layerNormEps)],
		});
	}

	/** Tokens (batch, 1 + patches, hidden) to the patches' (batch, patches, hidden). */
	dropClassToken(tokens: string): string {
		const { graph } = this;
		const [start, end, axis] = [[1], [Number.MAX_SAFE_INTEGER], [1]].map((values) => graph.integers(values));
		return graph.node("encoder.patches", "Slice", [tokens, start, end, axis]);
	}

	reshape(name: string, value: string, shape: string): string {
		return this.graph.node(name, "Reshape", [value, shape]);
	}

	#attention(prefix: string, tokens: string, shape: string): string {
		const { graph } = this;
		const { heads, hiddenSize, qkvBias } = this.#checkpoint.config;
		const parts = ["query", "key", "value"].map((part) => {
			const name = `${prefix}.attention.${part}`;
			return this.reshape(`${name}.tokens`, this.#linear(name, tokens, qkvBias), shape);
		});
		const mixed = graph.node(`${prefix}.mixed`, "MultiHeadAttention", parts, {
			domain: MICROSOFT,
			attributes: [intAttribute("num_heads", heads)],
		});
		const matrix = this.reshape(`${prefix}.matrix`, mixed, graph.integers([-1, hiddenSize]));
		return this.#linear(`${prefix}.output.dense`, matrix);
	}

	#mlp(prefix: string, tokens: string): string {
		const hidden = this.#linear(`${prefix}.fc1`, tokens);
		const activated = this.graph.node(`${prefix}.activation`, "Gelu", [hidden], { domain: MICROSOFT });
		return this.#linear(`${prefix}.fc2`, activated);
	}

	/** Residual + LayerScale. */
	#addScaled(prefix: string, branch: string, residual: string): string {
		const scaled = this.graph.node(`${prefix}.scaled`, "Mul", [branch, this.#weight(`${prefix}.lambda1`)]);
		return this.graph.node(prefix, "Add", [residual, scaled]);
	}

	/** A torch `Linear` on a matrix of tokens. */
	#linear(prefix: string, tokens: string, bias = true): string {
		const weight = this.#weight(`${prefix}.weight`);
		const inputs = bias ? [tokens, weight, this.#weight(`${prefix}.bias`)] : [tokens, weight];
		return this.graph.node(prefix, "Gemm", inputs, { attributes: [intAttribute("transB", 1)] });
	}

	#weight(name: string): string {
		return this.graph.weight(checkpointTensor(this.#checkpoint, name));
	}
}
