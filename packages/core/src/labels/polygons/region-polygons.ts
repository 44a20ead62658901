import type { Kernels } from "@dinoseg/kernels";
import { DinosegError } from "../../errors/index.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { tracePartition } from "./planar-partition.ts";
import { findRings, ringPositions } from "./region-rings.ts";
import { simplifyPartition } from "./simplify-partition.ts";

export interface PolygonOptions {
	/**
	 * How much borders may be simplified, pixels: a vertex may go if the triangle with its neighbours covers at most
	 * simplify² square pixels. Neighbours keep a common border.
	 *
	 * @default 0 exactly the pixels
	 */
	readonly simplify?: number | undefined;
}

/** A polygon for each 4-connected region of a label map. */
export interface RegionPolygons {
	readonly count: number;
	/** Segment id of each region. Shape (count,). */
	readonly segments: Uint16Array;
	/** Pixels of each region. Shape (count,). */
	readonly pixels: Float64Array;
	/**
	 * The rings of a region, its exterior first, then its holes. Each holds x, y, x, y and so on, without the first vertex
	 * again at the end. On the screen, exteriors run clockwise, holes counterclockwise.
	 */
	rings(region: number): number[][];
}

/**
 * The regions of a label map as polygons along the edges of pixels, which share their borders.
 *
 * Convention: (0, 0) is the upper left corner of the picture, x to the right, y down; vertices are corners of pixels.
 * Regions have the numbers that `labelRegions` gives them.
 *
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if simplify is negative or not finite.
 */
export function tracePolygons(kernels: Kernels, labels: LabelMap, options: PolygonOptions = {}): RegionPolygons {
	const { simplify = 0 } = options;
	checkTolerance(simplify);
	const regions = labelRegions(kernels, labels);
	const exact = tracePartition(labels, regions, kernels.check);
	const { halfEdges, starts, pixels } = findRings(exact, regions.count, kernels.check);
	const partition = simplifyPartition(exact, simplify, kernels.check);
	return {
		count: regions.count,
		segments: regions.segments,
		pixels,
		rings: (region) =>
			Array.from(halfEdges.subarray(starts[region], starts[region + 1]), (first) => ringPositions(partition, first)),
	};
}

function checkTolerance(simplify: number): void {
	if (!Number.isFinite(simplify) || simplify < 0) {
		throw new DinosegError("OPTION_INVALID", `simplify must be a number of pixels from 0 on, got ${simplify}.`, {
			details: { option: "simplify", value: simplify },
		});
	}
}
