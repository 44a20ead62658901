import { type Check, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkInteger, checkLength, DinosegError } from "../errors/index.ts";
import { columnRuns } from "./column-runs.ts";
import { checkLabelMap, type LabelMap } from "./label-map.ts";
import { createMaskEncoder } from "./mask-encoder.ts";

/** A mask as COCO writes it: run lengths down the columns, zeros first, packed into printable characters. */
export interface CocoRle {
	/** Height and width, pixels. */
	readonly size: readonly [height: number, width: number];
	readonly counts: string;
}

/**
 * The mask of every segment as COCO run lengths, in one pass over the map.
 *
 * Convention: column-major, so run positions count down the first column, then the second, and so on.
 * Source: COCO API, `maskApi.c`, rleEncode and rleToString.
 *
 * @param check called between steps; what it throws ends the call. Default: none.
 * @returns one entry per id from 0 to count - 1; an id that no pixel has gets an empty mask.
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if a pixel has an id that is not below count.
 */
export function encodeAllRles(labels: LabelMap, check: Check = noCheck): CocoRle[] {
	checkLabelMap("encodeAllRles", labels);
	const encode = createMaskEncoder(columnRuns("encodeAllRles", labels, check), check);
	const size = [labels.height, labels.width] as const;
	return Array.from({ length: labels.count }, (_, id) => ({ size, counts: encode(id).counts }));
}

/**
 * The mask of one segment as COCO run lengths. For all segments `encodeAllRles` needs one pass in place of many.
 *
 * @param check called between steps; what it throws ends the call. Default: none.
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if the id is not an integer from 0 to count - 1.
 */
export function encodeRle(labels: LabelMap, id: number, check: Check = noCheck): CocoRle {
	checkInteger("encodeRle", "id", id, { min: 0, max: labels.count - 1 });
	const data = new Uint8Array(labels.data.length);
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let index = from; index < to; index++) {
			data[index] = labels.data[index] === id ? 1 : 0;
		}
	}
	return encodeAllRles({ data, width: labels.width, height: labels.height, count: 2 }, check)[1];
}

/** The run lengths of a COCO mask, zeros first. */
function unpackCounts(counts: string): number[] {
	const runs: number[] = [];
	let position = 0;
	while (position < counts.length) {
		let run = 0;
		let shift = 0;
		let more = true;
		while (more) {
			const symbol = counts.charCodeAt(position++) - 48;
			if (!(symbol >= 0 && symbol < 64) || shift > 30) {
				throw invalidCounts("a character or a run that the format does not have");
			}
			run |= (symbol & 0x1f) << shift;
			shift += 5;
			more = (symbol & 0x20) !== 0;
			if (!more && symbol & 0x10 && shift < 32) {
				run |= -1 << shift;
			}
		}
		runs.push(runs.length > 2 ? run + runs[runs.length - 2] : run);
	}
	return runs;
}

function invalidCounts(problem: string): DinosegError {
	return new DinosegError(
		"OPTION_INVALID",
		`decodeRle: counts must be the compressed run lengths of a COCO mask, got ${problem}. Pass size and counts unchanged.`,
	);
}

/** A mask as COCO writes it, its run lengths packed or not. */
export interface AnyRle {
	readonly size: CocoRle["size"];
	readonly counts: string | readonly number[];
}

/**
 * The mask that COCO run lengths describe.
 *
 * @returns shape (height, width), row-major, 1 inside the mask and 0 outside.
 * @throws DinosegError OPTION_INVALID if the runs are malformed or do not cover the picture exactly.
 */
export function decodeRle(rle: CocoRle): Uint8Array {
	const [height, width] = rle.size;
	const runs = checkedRuns(rle);
	const mask = new Uint8Array(height * width);
	paintRuns(runs, height, width, mask, 1);
	return mask;
}

/**
 * Write a value to the pixels of a mask.
 *
 * @param target shape (height, width) of the mask.
 * @throws DinosegError OPTION_INVALID if the runs are malformed or do not cover the picture exactly, SHAPE_MISMATCH
 */
export function paintRle(rle: AnyRle, target: Uint8Array | Uint16Array, value: number): void {
	const [height, width] = rle.size;
	const runs = checkedRuns(rle);
	checkLength("paintRle", "target (height, width)", target, height, width);
	paintRuns(runs, height, width, target, value);
}

/** @throws DinosegError OPTION_INVALID unless the runs cover the picture */
function checkedRuns({ size: [height, width], counts }: AnyRle): readonly number[] {
	checkInteger("decodeRle", "height", height, { min: 1, max: 2 ** 24 });
	checkInteger("decodeRle", "width", width, { min: 1, max: 2 ** 24 });
	const runs = typeof counts === "string" ? unpackCounts(counts) : counts;
	const total = runs.reduce((sum, run) => (run >= 0 && Number.isInteger(run) ? sum + run : Number.NaN), 0);
	if (total !== height * width) {
		throw invalidCounts(`runs that do not add up to ${height} x ${width} pixels`);
	}
	return runs;
}

/** Source: COCO API, `maskApi.c`, rleFrString and rleDecode. */
function paintRuns(
	runs: readonly number[],
	height: number,
	width: number,
	target: Uint8Array | Uint16Array,
	value: number,
): void {
	let x = 0;
	let y = 0;
	for (let index = 0; index < runs.length; index++) {
		let rest = runs[index];
		while (rest > 0) {
			const step = Math.min(rest, height - y);
			if (index % 2 === 1) {
				for (let row = y; row < y + step; row++) {
					target[row * width + x] = value;
				}
			}
			rest -= step;
			y += step;
			if (y === height) {
				y = 0;
				x++;
			}
		}
	}
}
