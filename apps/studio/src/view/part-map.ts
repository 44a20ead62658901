import { checkInteger, checkLength } from "@dinoseg/core/errors";
import type { PartPatch, Rect } from "../session/scene.ts";
import type { Extent } from "./camera.ts";

/** The part of each pixel, and where parts lie. */
export interface PartMap {
	/** Shape (height, width). */
	readonly parts: Uint16Array;
	/** @throws DinosegError OPTION_INVALID if it lies beside the picture; SHAPE_MISMATCH */
	patch(patch: PartPatch): void;
	/** A rectangle that holds all parts whose looks differ, perhaps more; undefined if there are none. */
	whereLooksDiffer(before: Uint32Array, after: Uint32Array): Rect | undefined;
}

/**
 * Make a map of parts.
 *
 * @param parts is copied. Shape (height, width).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function createPartMap({ width, height }: Extent, given: Uint16Array): PartMap {
	checkLength("setParts", "parts (height, width)", given, height, width);
	const parts = given.slice();
	let boxes: PartBoxes | undefined;
	return {
		parts,
		patch({ rect, data }) {
			checkInteger("patchParts", "x of a patch", rect.x, { min: 0, max: width });
			checkInteger("patchParts", "y of a patch", rect.y, { min: 0, max: height });
			checkInteger("patchParts", "width of a patch", rect.width, { min: 0, max: width - rect.x });
			checkInteger("patchParts", "height of a patch", rect.height, { min: 0, max: height - rect.y });
			checkLength("patchParts", "data of a patch (height, width)", data, rect.height, rect.width);
			for (let row = 0; row < rect.height; row++) {
				parts.set(data.subarray(row * rect.width, (row + 1) * rect.width), (rect.y + row) * width + rect.x);
			}
			if (boxes !== undefined) {
				growBoxes(boxes, rect, data);
			}
		},
		whereLooksDiffer(before, after) {
			if (boxes === undefined) {
				boxes = emptyBoxes();
				growBoxes(boxes, { x: 0, y: 0, width, height }, parts);
			}
			return unionOf(
				boxes,
				(part) => before[2 * part] !== after[2 * part] || before[2 * part + 1] !== after[2 * part + 1],
			);
		},
	};
}

/** First and last column and row of each part. Shape (65,536) each; empty if the last comes before the first. */
interface PartBoxes {
	readonly left: Int32Array;
	readonly right: Int32Array;
	readonly top: Int32Array;
	readonly bottom: Int32Array;
}

const MOST = 65_536;

function emptyBoxes(): PartBoxes {
	const most = 2 ** 30;
	return {
		left: new Int32Array(MOST).fill(most),
		right: new Int32Array(MOST).fill(-1),
		top: new Int32Array(MOST).fill(most),
		bottom: new Int32Array(MOST).fill(-1),
	};
}

/** Let boxes hold a rectangle's parts, too. They never shrink. */
function growBoxes({ left, right, top, bottom }: PartBoxes, rect: Rect, data: Uint16Array): void {
	for (let row = 0, at = 0; row < rect.height; row++) {
		const y = rect.y + row;
		for (let begin = 0; begin < rect.width; ) {
			const part = data[at];
			let end = begin;
			do {
				end++;
				at++;
			} while (end < rect.width && data[at] === part);
			left[part] = Math.min(left[part], rect.x + begin);
			right[part] = Math.max(right[part], rect.x + end - 1);
			top[part] = Math.min(top[part], y);
			bottom[part] = Math.max(bottom[part], y);
			begin = end;
		}
	}
}

function unionOf({ left, right, top, bottom }: PartBoxes, isMeant: (part: number) => boolean): Rect | undefined {
	let first = { x: Number.POSITIVE_INFINITY, y: Number.POSITIVE_INFINITY };
	let last = { x: -1, y: -1 };
	for (let part = 0; part < MOST; part++) {
		if (right[part] >= left[part] && isMeant(part)) {
			first = { x: Math.min(first.x, left[part]), y: Math.min(first.y, top[part]) };
			last = { x: Math.max(last.x, right[part]), y: Math.max(last.y, bottom[part]) };
		}
	}
	return last.x < 0 ? undefined : { x: first.x, y: first.y, width: last.x - first.x + 1, height: last.y - first.y + 1 };
}
