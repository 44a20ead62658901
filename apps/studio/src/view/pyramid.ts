/** A picture at its size and at halves of it, made piece by piece so that a page can do other things in between. */

/** A picture of bytes. */
export interface Raster {
	/** Shape (height, width, channels). */
	readonly data: Uint8Array;
	readonly width: number;
	readonly height: number;
	readonly channels: 1 | 3;
}

/** Some rows of a level. */
export interface Band {
	/** 0: the picture itself; each level has half the sides, rounded up, of the one before. */
	readonly level: number;
	/** First row. */
	readonly y: number;
	readonly rows: Raster;
}

/** No level is made whose longer side would be shorter than half of this: none is ever shown. */
const LEAST_SIDE = 256;

/** Sides of the levels of a pyramid, the largest first. */
export function pyramidLevels(width: number, height: number): { readonly width: number; readonly height: number }[] {
	const levels = [{ width, height }];
	for (let last = levels[0]; Math.max(last.width, last.height) > LEAST_SIDE; ) {
		last = { width: Math.ceil(last.width / 2), height: Math.ceil(last.height / 2) };
		levels.push(last);
	}
	return levels;
}

/**
 * Go through all levels of a pyramid from the top of the largest, some rows at a time.
 *
 * @param bandPixels pixels of a band, about: what is worked on between two bands.
 * @returns the smallest level.
 */
export function* pyramidBands(picture: Raster, bandPixels: number): Generator<Band, Raster> {
	const levels = pyramidLevels(picture.width, picture.height);
	const { channels } = picture;
	let raster = picture;
	for (let level = 0; ; level++) {
		const { data, width, height } = raster;
		const next = levels[level + 1];
		const half = next && { ...next, channels, data: new Uint8Array(next.width * next.height * channels) };
		// Even, so that no row of the next level comes from two bands.
		const bandRows = 2 * Math.max(1, Math.floor(bandPixels / width / 2));
		for (let y = 0; y < height; y += bandRows) {
			const end = Math.min(y + bandRows, height);
			const rows = {
				data: data.subarray(y * width * channels, end * width * channels),
				width,
				height: end - y,
				channels,
			};
			yield { level, y, rows };
			if (half !== undefined) {
				halveRows(rows, half.data.subarray((y / 2) * half.width * channels));
			}
		}
		if (half === undefined) {
			return raster;
		}
		raster = half;
	}
}

/** Each pixel is the mean of four, halves rounded up; the last row and column are replicated: as `halveImage` of core. */
function halveRows({ data, width, height, channels }: Raster, half: Uint8Array): void {
	const halfWidth = Math.ceil(width / 2);
	let at = 0;
	for (let y = 0; y < height; y += 2) {
		const upper = y * width * channels;
		const lower = Math.min(y + 1, height - 1) * width * channels;
		for (let x = 0; x < halfWidth; x++) {
			const left = 2 * x * channels;
			const right = Math.min(2 * x + 1, width - 1) * channels;
			for (let channel = 0; channel < channels; channel++) {
				const sum =
					data[upper + left + channel] +
					data[upper + right + channel] +
					data[lower + left + channel] +
					data[lower + right + channel];
				half[at++] = (sum + 2) >> 2;
			}
		}
	}
}
