import type { RgbImage } from "../../image/rgb-image.ts";
import type { Color } from "../../labels/palette.ts";
import { fillOutline, roundedRectangle } from "../fill-outline.ts";

/** Pixels from the left and from the top. */
export type Point = readonly [x: number, y: number];

/** A line through points, with round ends and corners. */
export function strokeLine(canvas: RgbImage, points: readonly Point[], width: number, color: Color): void {
	const half = width / 2;
	for (const [index, [x, y]] of points.entries()) {
		fillDisc(canvas, [x, y], half, color);
		if (index > 0) {
			const [fromX, fromY] = points[index - 1];
			const length = Math.sqrt((x - fromX) * (x - fromX) + (y - fromY) * (y - fromY));
			const across = length === 0 ? 0 : (-(y - fromY) / length) * half;
			const down = length === 0 ? 0 : ((x - fromX) / length) * half;
			const corners = [fromX + across, fromY + down, x + across, y + down];
			fillOutline(canvas, [[...corners, x - across, y - down, fromX - across, fromY - down]], color);
		}
	}
}

/** A filled circle. */
export function fillDisc(canvas: RgbImage, [x, y]: Point, radius: number, color: Color): void {
	fillOutline(canvas, [roundedRectangle(x - radius, y - radius, 2 * radius, 2 * radius, radius)], color);
}
