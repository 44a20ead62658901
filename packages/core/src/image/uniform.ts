import type { RgbImage } from "./rgb-image.ts";

/** True if every pixel of a picture has the same colour. */
export function isUniform(image: RgbImage): boolean {
	const { data } = image;
	for (let i = 3; i < data.length; i++) {
		if (data[i] !== data[i - 3]) {
			return false;
		}
	}
	return true;
}
