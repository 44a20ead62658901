import type { LabelMap } from "../label-map.ts";
import type { PolygonOptions, RegionPolygons } from "../polygons/index.ts";
import type { ExportSegment } from "./export-image.ts";

export interface PolygonExportOptions extends PolygonOptions {
	/**
	 * One shape for each 4-connected region instead of each segment.
	 *
	 * @default false
	 */
	readonly splitRegions?: boolean | undefined;
}

/** What becomes one shape of a file: a segment or one of its regions. */
export interface PolygonFeature {
	/** The segment's id, or the region's number in raster order of first pixels. */
	readonly id: number;
	readonly segment: ExportSegment;
	/** Numbers of the regions, rising. */
	readonly regions: ArrayLike<number>;
	readonly pixels: number;
}

/** The shapes of a label map, by rising id; none for its background. */
export function* polygonFeatures(
	segments: readonly ExportSegment[],
	polygons: RegionPolygons,
	splitRegions: boolean,
): Generator<PolygonFeature> {
	const { count, pixels } = polygons;
	if (splitRegions) {
		const byId = new Map(segments.map((segment) => [segment.id, segment]));
		for (let id = 0; id < count; id++) {
			const segment = byId.get(polygons.segments[id]);
			// The background has none.
			if (segment !== undefined) {
				yield { id, segment, regions: [id], pixels: pixels[id] };
			}
		}
		return;
	}
	const { order, starts } = sortBySegment(polygons);
	for (const segment of segments) {
		const regions = order.subarray(starts[segment.id], starts[segment.id + 1]);
		yield { id: segment.id, segment, regions, pixels: regions.reduce((sum, region) => sum + pixels[region], 0) };
	}
}

/** The numbers of the regions that are no part of the background, rising. */
export function* segmentRegions({ count, segments }: RegionPolygons, { background }: LabelMap): Generator<number> {
	for (let region = 0; region < count; region++) {
		if (segments[region] !== background) {
			yield region;
		}
	}
}

/** Regions sorted by their segment's id, and where those of each id begin. */
function sortBySegment({ count, segments }: RegionPolygons): { order: Uint32Array; starts: Uint32Array } {
	const starts = new Uint32Array(65537);
	for (const id of segments) {
		starts[id + 1]++;
	}
	for (let id = 0; id < 65536; id++) {
		starts[id + 1] += starts[id];
	}
	const order = new Uint32Array(count);
	const filled = starts.slice();
	for (let region = 0; region < count; region++) {
		order[filled[segments[region]]++] = region;
	}
	return { order, starts };
}
