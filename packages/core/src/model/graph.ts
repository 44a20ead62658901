import type { Facet } from "../options/index.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { checkpointTensor, classPositionEntry, tensorRows } from "./layout.ts";
import { NETWORK_INPUTS, NETWORK_OUTPUTS } from "./network-ports.ts";
import {
	floatAttribute,
	GraphBuilder,
	intAttribute,
	intsAttribute,
	MICROSOFT,
	type NodeOptions,
} from "./onnx/graph-builder.ts";
import { QuantisedLinears } from "./quantised-graph.ts";
import { type QuantisedWeights, quantisedRows } from "./quantised-weights.ts";
import { CLASS_TOKEN, FINAL_NORM, layerPrefix, PATCH_PROJECTION, REGISTER_TOKENS } from "./tensor-names.ts";
import type { NetworkVariant } from "./variant.ts";

/** What attention computes from the tokens of a block, in the order of its operator's inputs. */
const PROJECTIONS = ["query", "key", "value"] as const;
type Projection = Exclude<Facet, "token">;

/**
 * Write a checkpoint's network as an ONNX model whose weights stay where they are.
 *
 * Initialisers are external data in the checkpoint's own files (location, offset, length), so the model is some tens of
 * kilobytes. Give it to onnxruntime as bytes, with `session.model_external_initializers_file_folder_path` (Node) or
 * `externalData` (web) saying where the files are. `MultiHeadAttention`, `Gelu` and `QuickGelu` are onnxruntime's own
 * operators. Blocks above the highest one that is needed are left out, and so their weights are never read.
 *
 * Facets: `token` is a block's output through the final LayerNorm; `key`, `query` and `value` are the outputs of a
 * block's linear layers with bias, unscaled, the heads one after the other.
 *
 * Convention: between the blocks the tokens are a matrix (batch * tokens, hidden), because `Gemm` takes matrices and
 * so uses a torch weight (out, in) as it lies; only attention sees the axes apart. The tokens of a picture are the class
 * token, the registers, the patches.
 *
 * Source: Oquab et al. 2023, arXiv:2304.07193; registers: Darcet et al. 2023, arXiv:2309.16588;
 * facebookresearch/dinov2, dinov2/models/vision_transformer.py.
 *
 * @param quantised linear layers that are computed in 8 bits; their tensors are not looked for in the checkpoint.
 * @returns an ONNX file, opset 17, with the inputs {@link NETWORK_INPUTS} and the outputs {@link NETWORK_OUTPUTS}.
 * @throws DinosegError MODEL_TENSOR_INVALID if a tensor is missing.
 */
export function buildNetworkGraph(
	checkpoint: Checkpoint,
	variant: NetworkVariant,
	quantised: QuantisedWeights = new Map(),
): Uint8Array {
	const { hiddenSize } = checkpoint.config;
	const { facet, layers, stride } = variant;
	const network = new NetworkBuilder(checkpoint, quantised);
	const { graph } = network;
	const pixels = graph.input(NETWORK_INPUTS.pixels, ["batch", 3, "height", "width"]);
	const positions = graph.input(NETWORK_INPUTS.positions, ["patches", hiddenSize]);
	const embedded = network.embed(pixels, positions, stride);
	const shape = graph.node("tokens.shape", "Shape", [embedded]);
	const outputs = new Map<number, string>();
	const highest = Math.max(...layers);
	let tokens = network.reshape("embeddings.matrix", embedded, graph.integers([-1, hiddenSize]));
	for (let layer = 0; layer <= highest; layer++) {
		const prefix = layerPrefix(layer);
		const isAsked = layers.includes(layer);
		// A facet needs one linear layer alone of the highest block, unless the norms are those of its tokens.
		const isWhole = facet === "token" || layer < highest || layer === layers.at(-1);
		const projected = network.project(prefix, tokens, shape, isWhole ? PROJECTIONS : [facet]);
		if (isAsked && facet !== "token") {
			outputs.set(layer, network.dropOtherTokens(`${prefix}.${facet}`, projected[facet]));
		}
		if (isWhole) {
			tokens = network.block(prefix, tokens, projected);
		}
		const isLast = layer === layers.at(-1);
		if (isLast || (isAsked && facet === "token")) {
			const whole = network.reshape(`${prefix}.tokens`, tokens, shape);
			const patches = network.dropOtherTokens(prefix, whole);
			if (facet === "token") {
				outputs.set(layer, network.layerNorm(FINAL_NORM, patches, { name: `${prefix}.${FINAL_NORM}` }));
			}
			if (isLast) {
				network.norms(patches);
			}
		}
	}
	network.join(layers.map((layer) => outputs.get(layer) as string));
	graph.output(NETWORK_OUTPUTS.tokens, ["batch", "patches", layers.length * hiddenSize]);
	graph.output(NETWORK_OUTPUTS.norms, ["batch", "patches"]);
	return graph.toBytes("dinov2");
}

interface LayerNormOptions extends Pick<NodeOptions, "output"> {
	/** Name of the node. Default: the prefix of its weights. */
	readonly name?: string;
}

interface LinearOptions {
	/** Whether the layer has one. Default: it has. */
	readonly bias?: boolean;
	/** Some of the layer's outputs alone, and what to call this part. Default: all. */
	readonly rows?: { readonly name: string; readonly first: number; readonly count: number };
}

/** The parts of a vision transformer as nodes of a graph. Every method returns the name of its result. */
class NetworkBuilder {
	readonly graph = new GraphBuilder();
	readonly #checkpoint: Checkpoint;
	readonly #quantised: QuantisedWeights;
	readonly #quantisedLinears = new QuantisedLinears(this.graph);

	constructor(checkpoint: Checkpoint, quantised: QuantisedWeights) {
		this.#checkpoint = checkpoint;
		this.#quantised = quantised;
	}

	/** Pixels and positions to tokens (batch, 1 + registers + patches, hidden). */
	embed(pixels: string, positions: string, stride: number): string {
		const { graph } = this;
		const { hiddenSize, registers } = this.#checkpoint.config;
		const weight = this.#weight(`${PATCH_PROJECTION}.weight`);
		const bias = this.#weight(`${PATCH_PROJECTION}.bias`);
		const projected = graph.node(PATCH_PROJECTION, "Conv", [pixels, weight, bias], {
			attributes: [intsAttribute("strides", [stride, stride])],
		});
		const flat = this.reshape("embeddings.channels_first", projected, graph.integers([0, hiddenSize, -1]));
		const patches = graph.node("embeddings.patches", "Transpose", [flat], {
			attributes: [intsAttribute("perm", [0, 2, 1])],
		});
		const placed = graph.node("embeddings.placed_patches", "Add", [patches, positions]);
		const batch = graph.node("batch.size", "Shape", [pixels], {
			attributes: [intAttribute("start", 0), intAttribute("end", 1)],
		});
		const shape = [batch, graph.integers([1 + registers, hiddenSize])];
		const onePerPicture = this.#concat("embeddings.first_shape", shape, 0);
		const first = graph.node("embeddings.first_tokens", "Expand", [this.#firstTokens(), onePerPicture]);
		return this.#concat("embeddings.tokens", [first, placed], 1);
	}

	/** The tokens before the patches, (1, 1 + registers, hidden): only the class token has a position. */
	#firstTokens(): string {
		const classPosition = this.graph.weight(classPositionEntry(this.#checkpoint), "embeddings.class_position");
		const classToken = this.graph.node("embeddings.placed_class", "Add", [this.#weight(CLASS_TOKEN), classPosition]);
		return this.#checkpoint.config.registers === 0
			? classToken
			: this.#concat("embeddings.class_and_registers", [classToken, this.#weight(REGISTER_TOKENS)], 1);
	}

	/** Some of the inputs of a block's attention, (batch, tokens, hidden) each. */
	project<Part extends Projection>(
		prefix: string,
		tokens: string,
		shape: string,
		parts: readonly Part[],
	): Readonly<Record<Part, string>> {
		const normed = this.layerNorm(`${prefix}.norm1`, tokens);
		const values = parts.map((part) => {
			const name = `${prefix}.attention.attention.${part}`;
			const projected = this.#linear(name, normed, { bias: this.#checkpoint.config.qkvBias });
			return [part, this.reshape(`${name}.tokens`, projected, shape)];
		});
		return Object.fromEntries(values);
	}

	/** One block of the encoder from its projections on: attention and MLP, each with LayerScale and residual. */
	block(prefix: string, tokens: string, projected: Readonly<Record<Projection, string>>): string {
		const attention = this.#attention(`${prefix}.attention`, projected);
		const attended = this.#addScaled(`${prefix}.layer_scale1`, attention, tokens);
		const normed = this.layerNorm(`${prefix}.norm2`, attended);
		const isGated = this.#checkpoint.config.mlp === "swiglu";
		const mlp = isGated ? this.#swiglu(`${prefix}.mlp`, normed) : this.#mlp(`${prefix}.mlp`, normed);
		return this.#addScaled(`${prefix}.layer_scale2`, mlp, attended);
	}

	/** Normalise every token over its channels. */
	layerNorm(prefix: string, tokens: string, options: LayerNormOptions = {}): string {
		const { name = prefix, ...others } = options;
		const inputs = [tokens, this.#weight(`${prefix}.weight`), this.#weight(`${prefix}.bias`)];
		return this.graph.node(name, "LayerNormalization", inputs, {
			...others,
			attributes: [intAttribute("axis", -1), floatAttribute("epsilon", this.#checkpoint.config.layerNormEps)],
		});
	}

	/** Tokens (batch, 1 + registers + patches, hidden) to the patches' (batch, patches, hidden). */
	dropOtherTokens(prefix: string, tokens: string): string {
		const { graph } = this;
		const start = [1 + this.#checkpoint.config.registers];
		const range = [start, [Number.MAX_SAFE_INTEGER], [1]].map((values) => graph.integers(values));
		return graph.node(`${prefix}.patches`, "Slice", [tokens, ...range]);
	}

	/** The length of every patch's token, as the output of the network. */
	norms(patches: string): void {
		this.graph.node("norms", "ReduceL2", [patches], {
			output: NETWORK_OUTPUTS.norms,
			attributes: [intsAttribute("axes", [-1]), intAttribute("keepdims", 0)],
		});
	}

	/** Values (batch, patches, hidden) side by side, as the output of the network. */
	join(values: readonly string[]): void {
		const output = NETWORK_OUTPUTS.tokens;
		if (values.length === 1) {
			this.graph.node("output", "Identity", values, { output });
		} else {
			this.#concat("output", values, -1, { output });
		}
	}

	reshape(name: string, value: string, shape: string): string {
		return this.graph.node(name, "Reshape", [value, shape]);
	}

	#attention(prefix: string, { query, key, value }: Readonly<Record<Projection, string>>): string {
		const { graph } = this;
		const { heads, hiddenSize } = this.#checkpoint.config;
		const mixed = graph.node(`${prefix}.mixed`, "MultiHeadAttention", [query, key, value], {
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

	/** Shazeer 2020, arXiv:2002.05202. The halves of `weights_in` are two products: one would be split by two copies. */
	#swiglu(prefix: string, tokens: string): string {
		const { graph } = this;
		const { mlpSize } = this.#checkpoint.config;
		const [gate, value] = ["gate", "value"].map((half, index) => {
			const rows = { name: `${prefix}.${half}`, first: index * mlpSize, count: mlpSize };
			return this.#linear(`${prefix}.weights_in`, tokens, { rows });
		});
		// QuickGelu is x * sigmoid(alpha * x): with alpha = 1 the SiLU.
		const opened = graph.node(`${prefix}.activation`, "QuickGelu", [gate], {
			domain: MICROSOFT,
			attributes: [floatAttribute("alpha", 1)],
		});
		return this.#linear(`${prefix}.weights_out`, graph.node(`${prefix}.gated`, "Mul", [opened, value]));
	}

	/** Residual + LayerScale. */
	#addScaled(prefix: string, branch: string, residual: string): string {
		const scaled = this.graph.node(`${prefix}.scaled`, "Mul", [branch, this.#weight(`${prefix}.lambda1`)]);
		return this.graph.node(prefix, "Add", [residual, scaled]);
	}

	/** A torch `Linear` on a matrix of tokens, its weight (out, in) used as it lies. */
	#linear(prefix: string, tokens: string, { bias = true, rows }: LinearOptions = {}): string {
		const name = rows?.name ?? prefix;
		const quantised = this.#quantised.get(prefix);
		if (quantised !== undefined) {
			const part = rows === undefined ? quantised : quantisedRows(quantised, rows.first, rows.count);
			return this.#quantisedLinears.linear(name, tokens, part);
		}
		const weights = (bias ? ["weight", "bias"] : ["weight"]).map((part) => {
			const entry = checkpointTensor(this.#checkpoint, `${prefix}.${part}`);
			return this.graph.weight(rows === undefined ? entry : tensorRows(entry, rows.first, rows.count));
		});
		return this.graph.node(name, "Gemm", [tokens, ...weights], { attributes: [intAttribute("transB", 1)] });
	}

	#concat(name: string, values: readonly string[], axis: number, options: Pick<NodeOptions, "output"> = {}): string {
		return this.graph.node(name, "Concat", values, { ...options, attributes: [intAttribute("axis", axis)] });
	}

	#weight(name: string): string {
		return this.graph.weight(checkpointTensor(this.#checkpoint, name));
	}
}
