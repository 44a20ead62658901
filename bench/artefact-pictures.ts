/** Pictures for `npm run bench:artefacts`: mirrored, of one colour, of noise, and several in one. */
import { createRandom } from "@dinoseg/core";
import type { Dimensions, RgbImage } from "@dinoseg/core/image";
import sharp from "sharp";

/** Where a position of a grid of `size` goes when it is mirrored. */
export type Mirror = (
	row: number,
	col: number,
	size: { readonly rows: number; readonly cols: number },
) => readonly [number, number];

export const MIRRORS = {
	sideways: (row, col, { cols }) => [row, cols - 1 - col],
	"upside down": (row, col, { rows }) => [rows - 1 - row, col],
} as const satisfies Readonly<Record<string, Mirror>>;

/** Values of a grid (rows, cols, channels), mirrored. */
export function mirrored<T extends Float32Array | Uint8Array | Uint16Array>(
	values: T,
	size: { readonly rows: number; readonly cols: number },
	mirror: Mirror,
): T {
	const channels = values.length / (size.rows * size.cols);
	const result = values.slice() as T;
	for (let row = 0; row < size.rows; row++) {
		for (let col = 0; col < size.cols; col++) {
			const [y, x] = mirror(row, col, size);
			const from = (row * size.cols + col) * channels;
			result.set(values.subarray(from, from + channels), (y * size.cols + x) * channels);
		}
	}
	return result;
}

export type PictureMaker = (size: Dimensions) => RgbImage;

export function flat(red: number, green = red, blue = red): PictureMaker {
	return ({ width, height }) => ({
		data: Uint8Array.from({ length: width * height * 3 }, (_, i) => [red, green, blue][i % 3]),
		width,
		height,
	});
}

/** Independent samples within ± half of a level. */
export function noise(level: number, half: number): PictureMaker {
	return ({ width, height }) => {
		const random = createRandom(level);
		const data = Uint8Array.from({ length: width * height * 3 }, () =>
			Math.round(level + half * (2 * random.next() - 1)),
		);
		return { data, width, height };
	};
}

/** Of a panel, pixels. */
const WIDTH = 320;
const GAP = 6;

/** Write rows of as many pictures each, those of a row alike in shape, on white. */
export async function writeRows(rows: readonly (readonly RgbImage[])[], path: string): Promise<void> {
	const panels: { input: Buffer; left: number; top: number }[] = [];
	let top = 0;
	for (const row of rows) {
		const height = Math.round((WIDTH * row[0].height) / row[0].width);
		for (const [index, { data, ...size }] of row.entries()) {
			const picture = sharp(data, { raw: { ...size, channels: 3 } });
			const input = await picture.resize(WIDTH, height, { fit: "fill" }).png().toBuffer();
			panels.push({ input, left: index * (WIDTH + GAP), top });
		}
		top += height + GAP;
	}
	const width = rows[0].length * (WIDTH + GAP) - GAP;
	await sharp({ create: { width, height: top - GAP, channels: 3, background: "white" } })
		.composite(panels)
		.jpeg({ quality: 85 })
		.toFile(path);
}
