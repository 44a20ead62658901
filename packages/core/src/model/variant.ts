import { DinosegError, optionName } from "../errors/index.ts";
import type { Facet, SegmentationOptions } from "../options/index.ts";
import type { ModelConfig } from "./checkpoint.ts";

/** What a network is built to give; each variant is a graph of its own. */
export interface NetworkVariant {
	readonly facet: Facet;
	/** Blocks whose outputs are joined along the channels, in this order; from 0, repeats allowed. */
	readonly layers: readonly number[];
	/** Step between patches, input pixels. */
	readonly stride: number;
}

/** The options that choose a variant. */
export type VariantOptions = Pick<SegmentationOptions, "facet" | "layer" | "stride">;

/**
 * Fit the options to a model.
 *
 * @throws DinosegError OPTION_INVALID naming the option, its value and what the model allows.
 */
export function resolveVariant(config: ModelConfig, options: VariantOptions): NetworkVariant {
	const { layers: depth, patchSize } = config;
	const { facet, layer } = options;
	const stride = options.stride === "patch" ? patchSize : options.stride;
	if (layer.length === 0) {
		rejectOption("layer", "", `must name at least one of the model's ${depth} layers`);
	}
	for (const index of layer) {
		if (!Number.isInteger(index) || index < -depth || index >= depth) {
			const range = `0 to ${depth - 1}, or -${depth} to -1 counted from the end`;
			rejectOption("layer", index, `must be one of the model's ${depth} layers (${range})`);
		}
	}
	if (!Number.isInteger(stride) || stride < 1 || stride > patchSize) {
		rejectOption("stride", stride, `must be an integer from 1 to the model's patch size, ${patchSize} pixels`);
	}
	return { facet, layers: layer.map((index) => (index < 0 ? depth + index : index)), stride };
}

function rejectOption(option: string, value: number | string, must: string): never {
	const got = value === "" ? "got none" : `got ${value}`;
	throw new DinosegError("OPTION_INVALID", `${optionName(option)} ${must}, ${got}.`, { details: { option, value } });
}
