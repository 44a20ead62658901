import type { KeptWalk } from "../cluster/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import type { ModelIdentity, SegmentResult } from "../result/index.ts";
import {
	type KeptRegions,
	type ReducedTokens,
	reduceTokens,
	reductionFor,
	type SegmentationContext,
	segmentReduced,
} from "../segment/index.ts";
import type { Begun, SegmentInput } from "./begun.ts";
import { clusteredTokens } from "./clean-tokens.ts";
import { makeResult } from "./make-result.ts";
import type { SegmentMemory } from "./segment-memory.ts";
import { grownKey, reductionKey, walkKey } from "./token-key.ts";

/** A result, and what further maps of the same tokens can be made of. */
export interface SegmentedInput {
	readonly result: SegmentResult;
	readonly reduced: ReducedTokens;
	readonly context: SegmentationContext;
}

/**
 * Segment a picture from its tokens: all that follows the network. It tells `pca` and the stages after it.
 *
 * @throws DinosegError CLUSTERS_EXCEED_TOKENS, SHAPE_MISMATCH, ABORTED
 */
export async function segmentTokenized(
	identity: ModelIdentity,
	input: SegmentInput,
	memory: SegmentMemory,
	begun: Begun,
): Promise<SegmentedInput> {
	const { signal, kernels, recorder, settings } = begun;
	const { blurred, grid, source } = input;
	const key = reductionKey(input.key, settings);
	const reduced = await reduce(key, input, memory, begun);
	const context = {
		signal,
		picture: blurred,
		valid: source.valid,
		walk: keptWalk(memory, walkKey(key, settings)),
		grown: keptRegions(memory, grownKey(key, settings)),
		cuts: memory.cuts,
	};
	const segmentation = await segmentReduced(kernels, grid, reduced, settings, recorder, context);
	return { result: await makeResult(identity, input, segmentation, begun), reduced, context };
}

/** The tokens after PCA, which the number of segments does not change: from memory where they are known. */
async function reduce(
	key: string,
	{ blurred, tokens }: SegmentInput,
	{ reductions }: SegmentMemory,
	{ kernels, settings, recorder }: Begun,
): Promise<ReducedTokens> {
	const known = reductions.get(key);
	if (known) {
		recorder.skip("pca");
		return known;
	}
	return recorder.run("pca", () => {
		const cleaned = clusteredTokens(tokens(), blurred);
		const reduction: SegmentationOptions = { ...settings, ...reductionFor(settings) };
		const reduced = reduceTokens(kernels, cleaned, reduction);
		// What is no more than the tokens is kept with them.
		if (reduced.points.data !== cleaned.data) {
			reductions.set(key, reduced);
		}
		return reduced;
	});
}

function keptWalk({ walks }: SegmentMemory, key: string): KeptWalk {
	return { get: () => walks.get(key), set: (steps) => walks.set(key, steps) };
}

function keptRegions({ grown }: SegmentMemory, key: string): KeptRegions | undefined {
	return grown && { get: () => grown.get(key), set: (regions) => grown.set(key, regions) };
}
