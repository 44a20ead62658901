import type { Georeference } from "@dinoseg/core/labels";

/** A position in the stored picture, as linear function of the position x, y in the upright one and of its sides. */
interface StoredAxis {
	readonly x: number;
	readonly y: number;
	/** Of the sides, what is added. */
	readonly width: number;
	readonly height: number;
}

const X: StoredAxis = { x: 1, y: 0, width: 0, height: 0 };
const Y: StoredAxis = { x: 0, y: 1, width: 0, height: 0 };
const FROM_RIGHT: StoredAxis = { x: -1, y: 0, width: 1, height: 0 };
const FROM_BELOW: StoredAxis = { x: 0, y: -1, width: 0, height: 1 };

/** Column and row of the stored picture, by TIFF orientation. */
const STORED: Readonly<Record<number, readonly [column: StoredAxis, row: StoredAxis]>> = {
	1: [X, Y],
	2: [FROM_RIGHT, Y],
	3: [FROM_RIGHT, FROM_BELOW],
	4: [X, FROM_BELOW],
	5: [Y, X],
	6: [Y, FROM_RIGHT],
	7: [FROM_BELOW, FROM_RIGHT],
	8: [FROM_BELOW, X],
};

/**
 * The map coordinates of a picture's positions after it was turned upright.
 *
 * @param transform of the picture as stored.
 * @param upright   its orientation, 1 to 8, and its sides after turning, pixels.
 */
export function uprightTransform(
	[a, b, c, d, e, f]: Georeference["transform"],
	{ orientation, width, height }: { readonly orientation: number; readonly width: number; readonly height: number },
): Georeference["transform"] {
	const [column, row] = STORED[orientation];
	const shiftX = column.width * width + column.height * height;
	const shiftY = row.width * width + row.height * height;
	// 0 + …: so that no coefficient is -0.
	const combine = (p: number, q: number, r: number) =>
		[0 + p * column.x + q * row.x, 0 + p * column.y + q * row.y, p * shiftX + q * shiftY + r] as const;
	return [...combine(a, b, c), ...combine(d, e, f)];
}

/**
 * Turn pixels upright.
 *
 * @param data shape (stored height, stored width, channels). Not modified.
 * @param upright   orientation, 1 to 8, and the sides after turning, pixels.
 * @returns shape (height, width, channels); `data` itself for orientation 1.
 */
export function turnUpright(
	data: Uint8Array,
	{ orientation, width, height }: { readonly orientation: number; readonly width: number; readonly height: number },
): Uint8Array {
	if (orientation === 1) {
		return data;
	}
	const [column, row] = STORED[orientation];
	const storedWidth = orientation > 4 ? height : width;
	// Of pixels, the last lies one before the side's length.
	const place = (axis: StoredAxis, x: number, y: number) =>
		axis.x * x + axis.y * y + axis.width * (width - 1) + axis.height * (height - 1);
	const channels = data.length / (width * height);
	const out = new Uint8Array(data.length);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const from = channels * (place(row, x, y) * storedWidth + place(column, x, y));
			const to = channels * (y * width + x);
			for (let channel = 0; channel < channels; channel++) {
				out[to + channel] = data[from + channel];
			}
		}
	}
	return out;
}
