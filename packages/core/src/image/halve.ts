import { type Check, checkedRows } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * A picture of half the width and half the height: each pixel is the mean of four.
 *
 * Convention: sides are rounded up, the last row and column replicated; halves are rounded up.
 *
 * @param check called between rows; what it throws ends the call. Default: none.
 */
export function halveImage({ data, width, height }: RgbImage, check: Check = noCheck): RgbImage {
	const halfWidth = Math.ceil(width / 2);
	const halfHeight = Math.ceil(height / 2);
	const half = new Uint8Array(halfWidth * halfHeight * 3);
	let at = 0;
	for (const y of checkedRows(check, halfHeight, halfWidth)) {
		const upper = 2 * y * width;
		const lower = Math.min(2 * y + 1, height - 1) * width;
		for (let x = 0; x < halfWidth; x++) {
			const left = 2 * x;
			const right = Math.min(left + 1, width - 1);
			for (let channel = 0; channel < 3; channel++) {
				const sum =
					data[3 * (upper + left) + channel] +
					data[3 * (upper + right) + channel] +
					data[3 * (lower + left) + channel] +
					data[3 * (lower + right) + channel];
				half[at++] = (sum + 2) >> 2;
			}
		}
	}
	return { data: half, width: halfWidth, height: halfHeight };
}
