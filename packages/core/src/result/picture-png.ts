import { type Check, checkedRows } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkLength } from "../errors/index.ts";
import type { RgbImage } from "../image/index.ts";
import { assemblePng } from "../labels/png-file.ts";
import type { GreyImage } from "./render-result.ts";

/** Compresses bytes as zlib does, header and checksum included. */
export type Deflate = (bytes: Uint8Array) => Promise<Uint8Array>;

/**
 * A picture as PNG, 8-bit RGB or 8-bit grey, for surroundings that have no encoder but can compress. Other bytes than those
 * of an encoder of a platform, the same pixels.
 *
 * Convention: each row has the filter sub, up or Paeth whose differences have the least sum of sizes, of equal ones the first.
 * Source: https://www.w3.org/TR/png-3/#9Filters
 *
 * @param check called between rows; what it throws ends the call. Default: none.
 * @throws DinosegError SHAPE_MISMATCH
 */
export async function encodePicturePng(
	image: RgbImage | GreyImage,
	deflate: Deflate,
	check: Check = noCheck,
): Promise<Uint8Array> {
	const { width, height } = image;
	const isGrey = "grey" in image;
	const channels = isGrey ? 1 : 3;
	const data = isGrey ? image.grey : image.data;
	checkLength("encodePicturePng", "image data (height, width, channels)", data, height, width, channels);
	const rows = filterRows(data, width * channels, height, channels, check);
	return assemblePng({ width, height, kind: isGrey ? "grey" : "rgb" }, await deflate(rows));
}

/** Numbers of the filters. */
const [SUB, UP, PAETH] = [1, 2, 4];

/** Each row after its filter and the number of that. Shape (height, 1 + rowBytes). */
function filterRows(data: Uint8Array, rowBytes: number, height: number, channels: number, check: Check): Uint8Array {
	const filtered = new Uint8Array(height * (rowBytes + 1));
	const tries = [SUB, UP, PAETH].map((filter) => ({ filter, row: new Uint8Array(rowBytes) }));
	const [sub, up, paeth] = tries.map(({ row }) => row);
	let above: Uint8Array = new Uint8Array(rowBytes);
	for (const y of checkedRows(check, height, rowBytes)) {
		const row = data.subarray(y * rowBytes, (y + 1) * rowBytes);
		const sums = [0, 0, 0];
		for (let at = 0; at < rowBytes; at++) {
			const value = row[at];
			const a = at < channels ? 0 : row[at - channels];
			const b = above[at];
			const c = at < channels ? 0 : above[at - channels];
			sub[at] = value - a;
			up[at] = value - b;
			paeth[at] = value - nearestOf(a, b, c);
			sums[0] += sizeOf(sub[at]);
			sums[1] += sizeOf(up[at]);
			sums[2] += sizeOf(paeth[at]);
		}
		const best = tries[sums.indexOf(Math.min(...sums))];
		filtered[y * (rowBytes + 1)] = best.filter;
		filtered.set(best.row, y * (rowBytes + 1) + 1);
		above = row;
	}
	return filtered;
}

/** Of the pixels to the left, above and between, the one that is nearest to left + above - between. */
function nearestOf(left: number, above: number, between: number): number {
	const toLeft = Math.abs(above - between);
	const toAbove = Math.abs(left - between);
	const toBetween = Math.abs(left + above - 2 * between);
	if (toLeft <= toAbove && toLeft <= toBetween) {
		return left;
	}
	return toAbove <= toBetween ? above : between;
}

/** Size of a difference modulo 256. */
function sizeOf(difference: number): number {
	return difference < 128 ? difference : 256 - difference;
}
