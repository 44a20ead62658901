import type { CodebookClusters } from "../codebook/index.ts";
import type { ModelIdentity, SegmentResult } from "../result/index.ts";
import { segmentByCodebook } from "../segment/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import type { Begun, SegmentInput } from "./begun.ts";
import { clusteredTokens } from "./clean-tokens.ts";
import { makeResult } from "./make-result.ts";

/** A codebook, and its name in results. */
export interface NamedCodebook {
	readonly codebook: CodebookClusters;
	/** As `codebookDigest`. */
	readonly digest: string;
}

/**
 * Segment a picture into the clusters of a codebook from its tokens: all that follows the network.
 *
 * @param begun  its settings are those of `optionsWithCodebook`.
 * @param beside tokens of the frames before and after it. Default: it is no frame.
 * @throws DinosegError as `segmentByCodebook`
 */
export async function applyTokenized(
	identity: ModelIdentity,
	input: SegmentInput,
	{ codebook, digest }: NamedCodebook,
	begun: Begun,
	beside?: readonly TokenGrid[],
): Promise<SegmentResult> {
	const { signal, kernels, recorder, settings } = begun;
	const { blurred, source } = input;
	const { unlike, ...segmentation } = await segmentByCodebook(
		kernels,
		clusteredTokens(input.tokens(), blurred),
		codebook,
		settings,
		recorder,
		{ signal, picture: blurred, valid: source.valid },
		beside,
	);
	const applied = { digest, clusters: codebook.clusters, unlike, steady: beside !== undefined };
	return { ...(await makeResult(identity, input, segmentation, begun)), codebook: applied, names: codebook.names };
}
