import type { ModelConfig } from "./checkpoint.ts";
import type { VitNames, VitNetwork, VitParts } from "./vit-network.ts";

/** All that differs between the graphs of families. Apart from `Family`, so that a program which builds none loads none. */
export interface FamilyGraph<Config extends ModelConfig> {
	readonly names: VitNames;
	/** The family's own parts; declares its inputs, those of `placeInputs`. */
	createParts(network: VitNetwork<Config>): VitParts;
}
