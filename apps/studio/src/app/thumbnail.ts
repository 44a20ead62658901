import type { RgbImage } from "@dinoseg/core/image";

/** Longer side of a thumbnail, pixels: twice what is shown, for screens with small pixels. */
const SIDE = 192;

/** Address of a small copy of a picture. */
export async function makeThumbnail({ data, width, height }: RgbImage): Promise<string> {
	const scale = Math.min(1, SIDE / Math.max(width, height));
	const [columns, rows] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
	const canvas = new OffscreenCanvas(columns, rows);
	const pixels = new ImageData(columns, rows);
	for (let row = 0; row < rows; row++) {
		const from = Math.floor(((row + 0.5) * height) / rows) * width;
		for (let column = 0; column < columns; column++) {
			const source = 3 * (from + Math.floor(((column + 0.5) * width) / columns));
			pixels.data.set([data[source], data[source + 1], data[source + 2], 255], 4 * (row * columns + column));
		}
	}
	canvas.getContext("2d")?.putImageData(pixels, 0, 0);
	return URL.createObjectURL(await canvas.convertToBlob({ type: "image/png" }));
}
