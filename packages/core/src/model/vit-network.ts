import { type Checkpoint, type ModelConfig, PROJECTIONS, type Projection } from "./checkpoint.ts";
import { checkpointTensor, tensorRows } from "./checkpoint-tensor.ts";
import { NETWORK_OUTPUTS } from "./network-ports.ts";
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
import { REGISTER_TOKENS } from "./tensor-names.ts";

/** Queries, keys and values: (batch, tokens, hidden) each. */
export type Projected = Readonly<Record<Projection, string>>;

/** Names of tensors, without `.weight` and `.bias`. */
export interface VitNames {
	readonly patchProjection: string;
	readonly finalNorm: string;
	/** Inside a block. */
	readonly projections: Readonly<Record<Projection, string>>;
	readonly attentionOutput: string;
	/** The prefix of the tensors of one block. */
	block(index: number): string;
}

/** What is a family's own in the graph of its networks. Names of values in, the name of the result out. */
export interface VitParts {
	/** The class token, (1, 1, hidden). */
	classToken(): string;
	/** Patches (batch, patches, hidden) with what tells each where it is, if that is added to them. */
	placePatches(patches: string): string;
	/** Queries, keys and values as attention takes them. */
	placeProjected(prefix: string, projected: Projected): Projected;
	/** The feed-forward part of a block on a matrix of tokens. */
	feedForward(prefix: string, tokens: string): string;
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
export class VitNetwork<Config extends ModelConfig = ModelConfig> {
	readonly graph = new GraphBuilder();
	readonly checkpoint: Checkpoint<Config>;
	readonly names: VitNames;
	readonly #quantised: QuantisedWeights;
	readonly #quantisedLinears = new QuantisedLinears(this.graph);

	constructor(checkpoint: Checkpoint<Config>, names: VitNames, quantised: QuantisedWeights) {
		this.checkpoint = checkpoint;
		this.names = names;
		this.#quantised = quantised;
	}

	/** Pixels to tokens (batch, 1 + registers + patches, hidden). */
	embed(parts: VitParts, pixels: string, stride: number): string {
		const { graph } = this;
		const { hiddenSize, registers } = this.checkpoint.config;
		const { patchProjection } = this.names;
		const weights = [this.weight(`${patchProjection}.weight`), this.weight(`${patchProjection}.bias`)];
		const projected = graph.node(patchProjection, "Conv", [pixels, ...weights], {
			attributes: [intsAttribute("strides", [stride, stride])],
		});
		const flat = this.reshape("embeddings.channels_first", projected, graph.integers([0, hiddenSize, -1]));
		const patches = graph.node("embeddings.patches", "Transpose", [flat], {
			attributes: [intsAttribute("perm", [0, 2, 1])],
		});
		const placed = parts.placePatches(patches);
		const batch = graph.node("batch.size", "Shape", [pixels], {
			attributes: [intAttribute("start", 0), intAttribute("end", 1)],
		});
		const shape = [batch, graph.integers([1 + registers, hiddenSize])];
		const onePerPicture = this.concat("embeddings.first_shape", shape, 0);
		const first = graph.node("embeddings.first_tokens", "Expand", [this.#firstTokens(parts), onePerPicture]);
		return this.concat("embeddings.tokens", [first, placed], 1);
	}

	/** The tokens before the patches, (1, 1 + registers, hidden). */
	#firstTokens(parts: VitParts): string {
		const classToken = parts.classToken();
		return this.checkpoint.config.registers === 0
			? classToken
			: this.concat("embeddings.class_and_registers", [classToken, this.weight(REGISTER_TOKENS)], 1);
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
			const name = `${prefix}.${this.names.projections[part]}`;
			const projected = this.linear(name, normed, { bias: this.checkpoint.config.biases[part] });
			return [part, this.reshape(`${name}.tokens`, projected, shape)];
		});
		return Object.fromEntries(values);
	}

	/** One block of the encoder from its projections on: attention and MLP, each with LayerScale and residual. */
	block(parts: VitParts, prefix: string, tokens: string, projected: Projected): string {
		const attention = this.#attention(prefix, parts.placeProjected(prefix, projected));
		const attended = this.#addScaled(`${prefix}.layer_scale1`, attention, tokens);
		const fed = parts.feedForward(prefix, this.layerNorm(`${prefix}.norm2`, attended));
		return this.#addScaled(`${prefix}.layer_scale2`, fed, attended);
	}

	/** Normalise every token over its channels. */
	layerNorm(prefix: string, tokens: string, options: LayerNormOptions = {}): string {
		const { name = prefix, ...others } = options;
		const inputs = [tokens, this.weight(`${prefix}.weight`), this.weight(`${prefix}.bias`)];
		return this.graph.node(name, "LayerNormalization", inputs, {
			...others,
			attributes: [intAttribute("axis", -1), floatAttribute("epsilon", this.checkpoint.config.layerNormEps)],
		});
	}

	/** Tokens (batch, 1 + registers + patches, hidden) to the patches' (batch, patches, hidden). */
	dropOtherTokens(prefix: string, tokens: string): string {
		const { graph } = this;
		const start = [1 + this.checkpoint.config.registers];
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
			this.concat("output", values, -1, { output });
		}
	}

	gelu(name: string, value: string): string {
		return this.graph.node(name, "Gelu", [value], { domain: MICROSOFT });
	}

	/** `value`, let through as far as the SiLU of `gate` opens. Source: Shazeer 2020, arXiv:2002.05202. */
	gated(prefix: string, gate: string, value: string): string {
		// QuickGelu is x * sigmoid(alpha * x): with alpha = 1 the SiLU.
		const opened = this.graph.node(`${prefix}.activation`, "QuickGelu", [gate], {
			domain: MICROSOFT,
			attributes: [floatAttribute("alpha", 1)],
		});
		return this.graph.node(`${prefix}.gated`, "Mul", [opened, value]);
	}

	/** A torch `Linear` on a matrix of tokens, its weight (out, in) used as it lies. */
	linear(prefix: string, tokens: string, { bias = true, rows }: LinearOptions = {}): string {
		const name = rows?.name ?? prefix;
		const quantised = this.#quantised.get(prefix);
		if (quantised !== undefined) {
			const part = rows === undefined ? quantised : quantisedRows(quantised, rows.first, rows.count);
			return this.#quantisedLinears.linear(name, tokens, part);
		}
		const weights = (bias ? ["weight", "bias"] : ["weight"]).map((part) => {
			const entry = checkpointTensor(this.checkpoint, `${prefix}.${part}`);
			return this.graph.weight(rows === undefined ? entry : tensorRows(entry, rows.first, rows.count));
		});
		return this.graph.node(name, "Gemm", [tokens, ...weights], { attributes: [intAttribute("transB", 1)] });
	}

	concat(name: string, values: readonly string[], axis: number, options: Pick<NodeOptions, "output"> = {}): string {
		return this.graph.node(name, "Concat", values, { ...options, attributes: [intAttribute("axis", axis)] });
	}

	reshape(name: string, value: string, shape: string): string {
		return this.graph.node(name, "Reshape", [value, shape]);
	}

	weight(name: string): string {
		return this.graph.weight(checkpointTensor(this.checkpoint, name));
	}

	#attention(prefix: string, projected: Projected): string {
		const { graph } = this;
		const { heads, hiddenSize } = this.checkpoint.config;
		const inputs = PROJECTIONS.map((part) => projected[part]);
		const mixed = graph.node(`${prefix}.attention.mixed`, "MultiHeadAttention", inputs, {
			domain: MICROSOFT,
			attributes: [intAttribute("num_heads", heads)],
		});
		const matrix = this.reshape(`${prefix}.attention.matrix`, mixed, graph.integers([-1, hiddenSize]));
		return this.linear(`${prefix}.${this.names.attentionOutput}`, matrix);
	}

	/** Residual + LayerScale. */
	#addScaled(prefix: string, branch: string, residual: string): string {
		const scaled = this.graph.node(`${prefix}.scaled`, "Mul", [branch, this.weight(`${prefix}.lambda1`)]);
		return this.graph.node(prefix, "Add", [residual, scaled]);
	}
}
