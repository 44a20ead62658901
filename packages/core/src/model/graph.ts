import { type Checkpoint, type ModelConfig, PROJECTIONS } from "./checkpoint.ts";
import { DINOV2_GRAPH } from "./dinov2/graph.ts";
import { DINOV3_GRAPH } from "./dinov3/graph.ts";
import type { FamilyGraph } from "./family-graph.ts";
import { NETWORK_OUTPUTS, PIXELS_INPUT } from "./network-ports.ts";
import type { QuantisedWeights } from "./quantised-weights.ts";
import type { NetworkVariant } from "./variant.ts";
import { VitNetwork } from "./vit-network.ts";

const GRAPHS: { readonly [Name in ModelConfig["family"]]: FamilyGraph<Extract<ModelConfig, { family: Name }>> } = {
	dinov2: DINOV2_GRAPH,
	dinov3: DINOV3_GRAPH,
};

/**
 * Write a checkpoint's network as an ONNX model whose weights stay where they are.
 *
 * Initialisers are external data in the checkpoint's own files (location, offset, length), so the model is some tens of
 * kilobytes. Give it to onnxruntime as bytes, with `session.model_external_initializers_file_folder_path` (Node) or
 * `externalData` (web) saying where the files are. `MultiHeadAttention`, `RotaryEmbedding`, `Gelu` and `QuickGelu` are
 * onnxruntime's own operators. Blocks above the highest one that is needed are left out, and so their weights are never
 * read.
 *
 * Facets: `token` is a block's output through the final LayerNorm; `key`, `query` and `value` are the outputs of a
 * block's linear layers with bias, unscaled and not turned, the heads one after the other.
 *
 * Convention: between the blocks the tokens are a matrix (batch * tokens, hidden), because `Gemm` takes matrices and
 * so uses a torch weight (out, in) as it lies; only attention sees the axes apart. The tokens of a picture are the class
 * token, the registers, the patches.
 *
 * Source: facebookresearch/dinov2, dinov2/models/vision_transformer.py; facebookresearch/dinov3,
 * dinov3/models/vision_transformer.py.
 *
 * @param quantised linear layers that are computed in 8 bits; their tensors are not looked for in the checkpoint.
 * @returns an ONNX file, opset 17, with the inputs {@link PIXELS_INPUT} and those of `placeInputs`, and the outputs
 *   {@link NETWORK_OUTPUTS}.
 * @throws DinosegError MODEL_TENSOR_INVALID if a tensor is missing.
 */
export function buildNetworkGraph(
	checkpoint: Checkpoint,
	variant: NetworkVariant,
	quantised: QuantisedWeights = new Map(),
): Uint8Array {
	const { family, hiddenSize } = checkpoint.config;
	const { facet, layers, stride } = variant;
	const { names, createParts } = GRAPHS[family] as FamilyGraph<ModelConfig>;
	const network = new VitNetwork(checkpoint, names, quantised);
	const { graph } = network;
	const pixels = graph.input(PIXELS_INPUT, ["batch", 3, "height", "width"]);
	const parts = createParts(network);
	const embedded = network.embed(parts, pixels, stride);
	const shape = graph.node("tokens.shape", "Shape", [embedded]);
	const outputs = new Map<number, string>();
	const highest = Math.max(...layers);
	let tokens = network.reshape("embeddings.matrix", embedded, graph.integers([-1, hiddenSize]));
	for (let layer = 0; layer <= highest; layer++) {
		const prefix = names.block(layer);
		const isAsked = layers.includes(layer);
		// A facet needs one linear layer alone of the highest block, unless the norms are those of its tokens.
		const isWhole = facet === "token" || layer < highest || layer === layers.at(-1);
		const projected = network.project(prefix, tokens, shape, isWhole ? PROJECTIONS : [facet]);
		if (isAsked && facet !== "token") {
			outputs.set(layer, network.dropOtherTokens(`${prefix}.${facet}`, projected[facet]));
		}
		if (isWhole) {
			tokens = network.block(parts, prefix, tokens, projected);
		}
		const isLast = layer === layers.at(-1);
		if (isLast || (isAsked && facet === "token")) {
			const whole = network.reshape(`${prefix}.tokens`, tokens, shape);
			const patches = network.dropOtherTokens(prefix, whole);
			if (facet === "token") {
				outputs.set(layer, network.layerNorm(names.finalNorm, patches, { name: `${prefix}.${names.finalNorm}` }));
			}
			if (isLast) {
				network.norms(patches);
			}
		}
	}
	network.join(layers.map((layer) => outputs.get(layer) as string));
	graph.output(NETWORK_OUTPUTS.tokens, ["batch", "patches", layers.length * hiddenSize]);
	graph.output(NETWORK_OUTPUTS.norms, ["batch", "patches"]);
	return graph.toBytes(family);
}
