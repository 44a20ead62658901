/** Fill `bytes` bytes at `target` with copies of the pixel of `step` bytes at `pixel`. */
export function repeatPixel(target: usize, pixel: usize, step: usize, bytes: usize): void {
	for (let i: usize = 0; i < bytes; i++) {
		store<u8>(target + i, load<u8>(pixel + (i % step)));
	}
}

/** Repeat the first and the last pixel of a row, of `bytes` bytes from `plane + border` on, over `border` bytes. */
export function replicateBorder(plane: usize, border: usize, step: usize, bytes: usize): void {
	const end = plane + border + bytes;
	repeatPixel(plane, plane + border, step, border);
	repeatPixel(end, end - step, step, border);
}
