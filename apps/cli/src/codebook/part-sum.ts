import { type CodebookPart, createSummarySum, type SummarySum } from "@dinoseg/core/codebook";

/** Adds up parts that were made alike, in memory for one or two. */
export interface PartSum {
	/** @throws DinosegError SHAPE_MISMATCH for tokens of another length, MOMENTS_OUT_OF_RANGE */
	add(part: CodebookPart): void;
	/** The part of all images, or nothing if there is none. */
	part(): CodebookPart | undefined;
}

export function createPartSum(): PartSum {
	let made: { readonly first: CodebookPart; readonly sum: SummarySum } | undefined;
	return {
		add(part) {
			made ??= { first: part, sum: createSummarySum(part.summary.moments.dim) };
			made.sum.add(part.summary);
		},
		part: () => made && { ...made.first, summary: made.sum.summary() },
	};
}
