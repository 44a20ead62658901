import {
	colorToHex,
	defaultSegmentName,
	encodeAllRles,
	formatOptions,
	SEGMENTS_SCHEMA_ID,
	type SegmentsDocument,
	segmentColor,
	VERSION,
} from "@dinoseg/core";
import type { SegmentResult } from "./types.ts";

/**
 * The manifest of a result: what `segments.json` holds.
 *
 * @param renderMs milliseconds that rendering the files took so far; asked once, last.
 */
export function describeResult(result: SegmentResult, renderMs: () => number): SegmentsDocument {
	const { pca, timings } = result;
	const { name, digest, revision, dtype } = result.model;
	const rles = encodeAllRles(result.labels);
	const segments = result.segments.map((segment) => ({
		id: segment.id,
		name: defaultSegmentName(segment.id),
		color: colorToHex(segmentColor(segment.id)),
		pixels: segment.pixels,
		share: segment.share,
		bbox: [...segment.bbox] as [number, number, number, number],
		meanColor: segment.meanColor,
		rle: { size: [...rles[segment.id].size] as [number, number], counts: rles[segment.id].counts },
	}));
	const rendering = renderMs();
	return {
		schema: SEGMENTS_SCHEMA_ID,
		dinoseg: VERSION,
		input: { ...result.input },
		model: { name, digest, revision, dtype },
		options: formatOptions(result.options),
		k: { requested: result.options.clusters, used: result.clusters, criterion: null, curve: null },
		pca: pca
			? {
					components: pca.componentCount,
					explainedVariance: [...pca.explainedVariance],
					explainedVarianceRatio: [...pca.explainedVarianceRatio],
				}
			: null,
		segments,
		warnings: result.warnings.map((warning) => ({ ...warning })),
		timings: { ...timings, render: timings.render + rendering, total: timings.total + rendering },
	};
}
