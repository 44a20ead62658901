import type { Dinov2Config } from "../checkpoint.ts";
import type { FamilyGraph } from "../family-graph.ts";
import { CLASS_TOKEN } from "../tensor-names.ts";
import type { VitNetwork } from "../vit-network.ts";
import { POSITIONS_INPUT } from "./family.ts";
import {
	ATTENTION_OUTPUT,
	blockPrefix,
	classPositionEntry,
	FINAL_NORM,
	PATCH_PROJECTION,
	PROJECTION_NAMES,
} from "./tensors.ts";

/** Positions are added to the class token and to the patches; registers have none. */
export const DINOV2_GRAPH: FamilyGraph<Dinov2Config> = {
	names: {
		patchProjection: PATCH_PROJECTION,
		finalNorm: FINAL_NORM,
		projections: PROJECTION_NAMES,
		attentionOutput: ATTENTION_OUTPUT,
		block: blockPrefix,
	},
	createParts(network) {
		const { graph, checkpoint } = network;
		const { hiddenSize, mlp } = checkpoint.config;
		const positions = graph.input(POSITIONS_INPUT, ["patches", hiddenSize]);
		return {
			classToken() {
				const position = graph.weight(classPositionEntry(checkpoint), "embeddings.class_position");
				return graph.node("embeddings.placed_class", "Add", [network.weight(CLASS_TOKEN), position]);
			},
			placePatches: (patches) => graph.node("embeddings.placed_patches", "Add", [patches, positions]),
			placeProjected: (_prefix, projected) => projected,
			feedForward: (prefix, tokens) => (mlp === "swiglu" ? addGated : addPlain)(network, `${prefix}.mlp`, tokens),
		};
	},
};

function addPlain(network: VitNetwork, prefix: string, tokens: string): string {
	const activated = network.gelu(`${prefix}.activation`, network.linear(`${prefix}.fc1`, tokens));
	return network.linear(`${prefix}.fc2`, activated);
}

/** The halves of `weights_in` are two products: one would be split by two copies. */
function addGated(network: VitNetwork, prefix: string, tokens: string): string {
	const { mlpSize } = network.checkpoint.config;
	const [gate, value] = ["gate", "value"].map((half, index) => {
		const rows = { name: `${prefix}.${half}`, first: index * mlpSize, count: mlpSize };
		return network.linear(`${prefix}.weights_in`, tokens, { rows });
	});
	return network.linear(`${prefix}.weights_out`, network.gated(prefix, gate, value));
}
