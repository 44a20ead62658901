import { type TensorToWrite, writeSafetensors } from "../model/write-safetensors.ts";
import type { Codebook, CodebookPart } from "./codebook.ts";
import { CODEBOOK_SCHEMA, codebookHeader, PART_SCHEMA, partHeader } from "./codebook-header.ts";
import type { FitSummary } from "./fit-summary.ts";

/**
 * A codebook as a safetensors file: the arrays as tensors, the rest as JSON in the metadata. The same codebook gives the
 * same bytes.
 */
export function encodeCodebook(codebook: Codebook): Uint8Array {
	const { clusters, centroids, shares, divisors, pca, summary } = codebook;
	const vector = (name: string, values: Float64Array): TensorToWrite => ({ name, shape: [values.length], values });
	return writeSafetensors(
		[
			{ name: "centroids", shape: [clusters, divisors.length], values: centroids },
			vector("shares", shares),
			vector("divisors", divisors),
			...(pca === undefined
				? []
				: [
						vector("pca.mean", pca.mean),
						{ name: "pca.components", shape: [pca.componentCount, pca.dim], values: pca.components },
						vector("pca.variance", pca.explainedVariance),
						vector("pca.variance_ratio", pca.explainedVarianceRatio),
					]),
			...summaryTensors(summary),
		],
		{ schema: CODEBOOK_SCHEMA, description: JSON.stringify(codebookHeader(codebook)) },
	);
}

/** A part of a codebook, such as one shard makes, in the same form: a summary, and how it was made. */
export function encodeCodebookPart(part: CodebookPart): Uint8Array {
	return writeSafetensors(summaryTensors(part.summary), {
		schema: PART_SCHEMA,
		description: JSON.stringify(partHeader(part)),
	});
}

function summaryTensors({ moments, sample }: FitSummary): TensorToWrite[] {
	const { sums, products } = moments;
	const vector = (name: string, values: Float64Array) => ({ name, shape: [values.length], values });
	return [
		vector("moments.sums.high", sums.high),
		vector("moments.sums.low", sums.low),
		vector("moments.products.high", products.high),
		vector("moments.products.low", products.low),
		vector("sample.weights", sample.weights),
		vector("sample.priorities", sample.priorities),
		{ name: "sample.points", shape: [sample.points.rows, sample.points.cols], values: sample.points.data },
	];
}
