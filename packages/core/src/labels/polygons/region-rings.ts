import type { Check } from "@dinoseg/kernels";
import { OUTSIDE, type PlanarPartition } from "./planar-partition.ts";

/** The rings of every region: each is a cycle of half-edges with the region on their right. */
interface RegionRings {
	/** One half-edge of each ring, region by region, the exterior of a region first, then its holes. */
	readonly halfEdges: Int32Array;
	/** Where the rings of each region begin in `halfEdges`; one more for the end. */
	readonly starts: Int32Array;
	/** Pixels of each region. */
	readonly pixels: Float64Array;
}

/** Half-edges between two checks. */
const CHECKED_HALF_EDGES = 1024;

/**
 * Find the rings of all regions.
 *
 * @param partition as traced: simplified arcs no longer tell the number of pixels.
 * @param count     number of regions.
 * @param check     called between rings.
 */
export function findRings(partition: PlanarPartition, count: number, check: Check): RegionRings {
	const found: number[] = [];
	const starts = new Int32Array(count + 1);
	const pixels = new Float64Array(count);
	const seen = new Uint8Array(partition.next.length);
	for (let first = 0; first < seen.length; first++) {
		const region = partition.regions[first];
		if (first % CHECKED_HALF_EDGES === 0) {
			check();
		}
		if (region === OUTSIDE || seen[first]) {
			continue;
		}
		let halfEdge = first;
		do {
			seen[halfEdge] = 1;
			halfEdge = partition.next[halfEdge];
		} while (halfEdge !== first);
		const area = ringArea(ringPositions(partition, first));
		pixels[region] += area;
		starts[region + 1]++;
		// Exteriors are told from holes by the sign.
		found.push(area > 0 ? first : ~first);
	}
	for (let region = 0; region < count; region++) {
		starts[region + 1] += starts[region];
	}
	const halfEdges = new Int32Array(found.length);
	const filled = starts.slice(0, count);
	for (const entry of found) {
		const region = partition.regions[entry < 0 ? ~entry : entry];
		if (entry < 0) {
			halfEdges[++filled[region]] = ~entry;
		} else {
			halfEdges[starts[region]] = entry;
		}
	}
	return { halfEdges, starts, pixels };
}

/**
 * The corners of a ring as x, y, x, y and so on, without the first one again at the end.
 *
 * @param first a half-edge of the ring.
 */
export function ringPositions(partition: PlanarPartition, first: number): number[] {
	const { corners, starts, next } = partition;
	const stride = partition.width + 1;
	const positions: number[] = [];
	let halfEdge = first;
	do {
		const isForward = (halfEdge & 1) === 0;
		const begin = starts[halfEdge >> 1];
		const last = starts[(halfEdge >> 1) + 1] - 1;
		for (let step = 0; step < last - begin; step++) {
			const corner = corners[isForward ? begin + step : last - step];
			const y = Math.floor(corner / stride);
			positions.push(corner - y * stride, y);
		}
		halfEdge = next[halfEdge];
	} while (halfEdge !== first);
	return positions;
}

/** Square pixels inside a ring; negative where the inside is on its left on the screen, as it is with holes. */
export function ringArea(positions: readonly number[]): number {
	let double = 0;
	let x = positions[positions.length - 2];
	let y = positions[positions.length - 1];
	for (let index = 0; index < positions.length; index += 2) {
		double += x * positions[index + 1] - positions[index] * y;
		x = positions[index];
		y = positions[index + 1];
	}
	return double / 2;
}
