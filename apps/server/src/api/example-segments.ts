import { VERSION } from "@dinoseg/core";
import { SEGMENTS_SCHEMA_ID, type SegmentsDocument } from "@dinoseg/core/labels";
import { DEFAULT_OPTIONS, formatOptions } from "@dinoseg/core/options";

/** `segments.json` of a picture of 3 x 2 pixels, for the description of the service. */
export function exampleSegments(sha256: string): SegmentsDocument {
	return {
		schema: SEGMENTS_SCHEMA_ID,
		dinoseg: VERSION,
		input: { path: null, sha256, width: 3, height: 2 },
		model: { name: "tiny", digest: sha256, revision: null, dtype: "fp32" },
		options: formatOptions({ ...DEFAULT_OPTIONS, clusters: 2 }),
		tokens: { rows: 25, cols: 37, dim: 192, highNorm: { count: 0, threshold: 193, at: [] } },
		k: { requested: 2, used: 2, criterion: null, curve: null },
		sweep: null,
		codebook: null,
		pca: { components: 2, explainedVariance: [27.2, 20.6], explainedVarianceRatio: [0.56, 0.43] },
		segments: [
			{
				id: 0,
				name: "segment-0",
				color: "#e69f00",
				pixels: 4,
				share: 0.6666666666666666,
				bbox: [0, 0, 2, 2],
				centroid: [1, 1],
				meanColor: "#976f52",
				rle: { size: [2, 3], counts: "042" },
			},
			{
				id: 1,
				name: "segment-1",
				color: "#56b4e9",
				pixels: 2,
				share: 0.3333333333333333,
				bbox: [2, 0, 1, 2],
				centroid: [2.5, 1],
				meanColor: "#a68f86",
				rle: { size: [2, 3], counts: "42" },
			},
		],
		warnings: [],
	};
}
