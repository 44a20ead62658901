/**
 * A binary picture with a border of zeros, so that loops over neighbours need no bounds.
 *
 * @param map shape (height, width).
 * @returns shape (height + 2 * border, width + 2 * border).
 */
export function padMap(map: Uint8Array, width: number, height: number, border: number): Uint8Array {
	const stride = width + 2 * border;
	const padded = new Uint8Array(stride * (height + 2 * border));
	for (let y = 0; y < height; y++) {
		padded.set(map.subarray(y * width, (y + 1) * width), (y + border) * stride + border);
	}
	return padded;
}

/** Indices of the pixels that are set, in raster order. */
export function setPixels(map: Uint8Array): Uint32Array {
	const found = new Uint32Array(map.length);
	let count = 0;
	for (let at = 0; at < map.length; at++) {
		if (map[at] === 1) {
			found[count++] = at;
		}
	}
	return found.slice(0, count);
}
