import type { Dinov3Config } from "../checkpoint.ts";
import type { FamilyGraph } from "../family-graph.ts";
import { MICROSOFT } from "../onnx/graph-builder.ts";
import { CLASS_TOKEN } from "../tensor-names.ts";
import { COSINES_INPUT, SINES_INPUT } from "./family.ts";
import {
	ATTENTION_OUTPUT,
	blockPrefix,
	DOWN,
	FINAL_NORM,
	GATE,
	PATCH_PROJECTION,
	PROJECTION_NAMES,
	UP,
} from "./tensors.ts";

/** Queries and keys are turned in every block, see `rotationTables`; nothing else knows where a patch is. */
export const DINOV3_GRAPH: FamilyGraph<Dinov3Config> = {
	names: {
		patchProjection: PATCH_PROJECTION,
		finalNorm: FINAL_NORM,
		projections: PROJECTION_NAMES,
		attentionOutput: ATTENTION_OUTPUT,
		block: blockPrefix,
	},
	createParts(network) {
		const { graph } = network;
		const { heads, hiddenSize, mlp } = network.checkpoint.config;
		const tables = [COSINES_INPUT, SINES_INPUT].map((name) => graph.input(name, ["tokens", hiddenSize / heads / 2]));
		// The row of the tables that the first token takes; the others follow.
		const first = graph.integers([0]);
		const turn = (name: string, value: string) =>
			graph.node(`${name}.turned`, "RotaryEmbedding", [value, first, ...tables], { domain: MICROSOFT });
		return {
			classToken: () => network.weight(CLASS_TOKEN),
			placePatches: (patches) => patches,
			placeProjected: (prefix, { query, key, value }) => ({
				query: turn(`${prefix}.${PROJECTION_NAMES.query}`, query),
				key: turn(`${prefix}.${PROJECTION_NAMES.key}`, key),
				value,
			}),
			feedForward(prefix, tokens) {
				const up = network.linear(`${prefix}.${UP}`, tokens);
				const hidden =
					mlp === "swiglu"
						? network.gated(`${prefix}.mlp`, network.linear(`${prefix}.${GATE}`, tokens), up)
						: network.gelu(`${prefix}.mlp.activation`, up);
				return network.linear(`${prefix}.${DOWN}`, hidden);
			},
		};
	},
};
