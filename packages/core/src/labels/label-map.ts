import { checkLength } from "../errors/index.ts";

/** One segment id per pixel. A segment is a cluster, connected or not. */
export interface LabelMap {
	/** Shape (height, width), row-major. 8 bits up to 256 segments, else 16. */
	readonly data: Uint8Array | Uint16Array;
	readonly width: number;
	readonly height: number;
	/** Number of ids: they run from 0 to count - 1. */
	readonly count: number;
	/** The id of pixels without data, which belong to no segment: the last one. @default every pixel belongs to one */
	readonly background?: number;
}

/** An empty label array of the narrowest type that holds `count` ids. */
export function allocateLabels(length: number, count: number): Uint8Array | Uint16Array {
	return count <= 256 ? new Uint8Array(length) : new Uint16Array(length);
}

/**
 * Throw unless `data` holds height x width labels.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function checkLabelMap(where: string, labels: LabelMap): void {
	checkLength(where, "labels (height, width)", labels.data, labels.height, labels.width);
}
