import type { RgbImage } from "../image/rgb-image.ts";
import type { Color } from "../labels/palette.ts";
import { INK, WHITE } from "./figure-style.ts";
import { fillOutline, roundedRectangle } from "./fill-outline.ts";
import { drawText, measureText } from "./text.ts";

/** A rim keeps a chip apart from ground of its own colour. */
const RIM = 0.06;

/** Letters on a chip, as a share of its height. */
const TEXT_SIZE = 0.67;
const PADDING = 0.28;
const RADIUS = 0.22;

/** Width of the chip of an id, pixels. */
export function chipWidth(id: number, height: number): number {
	return Math.max(height, measureText(`${id}`, textStyle(height)) + 2 * PADDING * height);
}

/** Draw the id of a segment on its colour, with the chip's left top corner at (x, y). */
export function drawChip(
	canvas: RgbImage,
	{ id, color }: { readonly id: number; readonly color: Color },
	{ x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
	hasRim = false,
): void {
	if (hasRim) {
		const rim = RIM * height;
		const outer = roundedRectangle(x - rim, y - rim, width + 2 * rim, height + 2 * rim, RADIUS * height + rim);
		fillOutline(canvas, [outer], inkOn(color));
	}
	fillOutline(canvas, [roundedRectangle(x, y, width, height, RADIUS * height)], color);
	const style = textStyle(height);
	drawText(canvas, `${id}`, {
		...style,
		x: x + width / 2,
		y: y + height / 2 + style.size * 0.36,
		color: inkOn(color),
		align: "center",
	});
}

function textStyle(height: number) {
	return { size: TEXT_SIZE * height, weight: "semibold" } as const;
}

/** Dark or white letters, whichever stand out from the colour (ITU-R BT.601 luma). */
function inkOn([red, green, blue]: Color): Color {
	return red * 299 + green * 587 + blue * 114 > 128_000 ? INK : WHITE;
}
