import type { PixelSize } from "../options/index.ts";

/** The area of some pixels, in squares of the unit of their size. */
export function physicalArea(pixels: number, { width, height }: PixelSize): number {
	return pixels * (width * height);
}
