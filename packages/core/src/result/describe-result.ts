import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { colorToHex } from "../labels/palette.ts";
import { physicalArea } from "../labels/physical-area.ts";
import { encodeAllRles } from "../labels/rle.ts";
import { SEGMENTS_SCHEMA_ID, type SegmentsDocument } from "../labels/segments-json.ts";
import { type ClusterRange, formatClusters, formatOptions } from "../options/index.ts";
import { findHighNormTokens } from "../tensor/index.ts";
import { VERSION } from "../version.ts";
import { namedSegments, usedSegments } from "./name-segments.ts";
import type { SegmentResult } from "./segment-result.ts";

/**
 * The manifest of a result: what `segments.json` holds.
 *
 * @param check called every some tens of milliseconds; what it throws ends the call. Default: none.
 * @param sweep the numbers that `sweep.png` was asked to show. Default: there is no such file.
 */
export function describeResult(result: SegmentResult, check: Check = noCheck, sweep?: ClusterRange): SegmentsDocument {
	const { pca } = result;
	const { pixelSize } = result.input;
	const tokens = result.tokens();
	const highNorm = findHighNormTokens(tokens);
	const { name, digest, revision, dtype } = result.model;
	const rles = encodeAllRles(result.labels, check);
	const named = namedSegments(result);
	const segments = result.segments.map((segment, index) => ({
		id: segment.id,
		name: named[index].name,
		color: colorToHex(named[index].color),
		pixels: segment.pixels,
		share: segment.share,
		...(pixelSize ? { area: physicalArea(segment.pixels, pixelSize) } : {}),
		bbox: segment.bbox,
		centroid: segment.centroid,
		meanColor: segment.meanColor,
		rle: { size: [...rles[segment.id].size] as [number, number], counts: rles[segment.id].counts },
	}));
	return {
		schema: SEGMENTS_SCHEMA_ID,
		dinoseg: VERSION,
		input: { ...result.input },
		model: { name, digest, revision, dtype },
		options: formatOptions(result.options),
		tokens: {
			rows: tokens.rows,
			cols: tokens.cols,
			dim: tokens.dim,
			highNorm: {
				count: highNorm.positions.length,
				threshold: highNorm.threshold,
				at: highNorm.positions.map(([row, col]) => [row, col] as const),
			},
		},
		k: {
			requested: formatClusters(result.options.clusters),
			used: usedSegments(result),
			criterion: result.choice?.criterion ?? null,
			curve: result.choice?.curve ?? null,
		},
		sweep: sweep ? formatClusters(sweep) : null,
		codebook: result.codebook ? { ...result.codebook } : null,
		...(result.isEdited ? { edited: true as const } : {}),
		pca: pca
			? {
					components: pca.componentCount,
					explainedVariance: [...pca.explainedVariance],
					explainedVarianceRatio: [...pca.explainedVarianceRatio],
				}
			: null,
		segments,
		// What happened to the cache is no property of the result, and the message names a folder of this machine.
		warnings: result.warnings.filter(({ code }) => code !== "CACHE_UNUSABLE").map((warning) => ({ ...warning })),
	};
}
