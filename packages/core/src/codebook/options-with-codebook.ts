import type { PartialOptions } from "../options/index.ts";
import type { CodebookClusters } from "./codebook.ts";

/**
 * The options of a picture that is segmented by a codebook: what the codebook decides, and of what was given the rest.
 *
 * @param given `clusters` counts for regions only.
 */
export function optionsWithCodebook<Given extends PartialOptions>(
	given: Given,
	{ options, clusters }: Pick<CodebookClusters, "options" | "clusters">,
): Given & PartialOptions {
	const isRegions = given.segments === "regions";
	return isRegions
		? { ...given, ...options, clusters: given.clusters ?? "auto" }
		: // A place means nothing in another picture.
			{ ...given, ...options, clusters, position: 0 };
}
