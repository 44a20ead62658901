import { type Check, checkedCopy, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkLength } from "../errors/index.ts";
import { allocateLabels, type LabelMap } from "./label-map.ts";

/**
 * Take the pixels without data out of all segments: they get an id of their own, above those of the segments.
 *
 * @param labels    without a background. Where the new ids fit its memory, that is written to.
 * @param valid     shape (height, width), 1 where there are data.
 * @param check     called between steps; what it throws ends the call. Default: none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function markBackground(labels: LabelMap, valid: Uint8Array, check: Check = noCheck): LabelMap {
	const { width, height, count: background } = labels;
	checkLength("markBackground", "valid (height, width)", valid, height, width);
	const count = background + 1;
	const isWide = labels.data instanceof Uint16Array;
	const data = isWide === count > 256 ? labels.data : allocateLabels(labels.data.length, count);
	if (data !== labels.data) {
		checkedCopy(check, labels.data, data);
	}
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			if (valid[pixel] === 0) {
				data[pixel] = background;
			}
		}
	}
	return { data, width, height, count, background };
}

/** Make values 0 where there are no data, in place. Both of shape (height, width). */
export function clearBackground(values: Uint8Array, valid: Uint8Array, check: Check = noCheck): void {
	for (const { from, to } of checkedParts(check, values.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			values[pixel] *= valid[pixel];
		}
	}
}

/** How many pixels belong to a segment: shares of the picture are parts of these. */
export function segmentPixels({ data, background }: LabelMap, check: Check = noCheck): number {
	if (background === undefined) {
		return data.length;
	}
	let pixels = 0;
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			pixels += data[pixel] === background ? 0 : 1;
		}
	}
	return pixels;
}
