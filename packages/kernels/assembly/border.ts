/** Fill `bytes` bytes at `target` with copies of the pixel of `step` bytes at `pixel`. */
export function repeatPixel(target: usize, pixel: usize, step: usize, bytes: usize): void {
	for (let i: usize = 0; i < bytes; i++) {
		store<u8>(target + i, load<u8>(pixel + (i % step)));
	}
}
