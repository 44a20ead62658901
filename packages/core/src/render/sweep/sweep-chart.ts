import { type ChoicePoint, type ClusterChoice, WORTHWHILE_SEPARATION } from "../../cluster/index.ts";
import type { RgbImage } from "../../image/rgb-image.ts";
import type { Color } from "../../labels/palette.ts";
import { fillRectangle } from "../canvas.ts";
import { ACCENT, HAIRLINE, INK, PANEL_TITLE_STYLE, SOFT_INK } from "../figure-style.ts";
import { fillOutline, roundedRectangle } from "../fill-outline.ts";
import { drawText, measureText, shortenText } from "../text.ts";

/** Height of the chart with its title, pixels. */
export const CHART_HEIGHT = 360;

/** Distances inside the chart, pixels. */
const TITLE_HEIGHT = 58;
const AXIS_HEIGHT = 44;
/** Room for a number above the highest point. */
const HEADROOM = 42;
/** From the sides of the chart to the first and the last point. */
const SIDE = 64;
const LABEL_STYLE = { size: 24 } as const;
const CHOSEN_STYLE = { size: 24, weight: "semibold" } as const;
/** Between a line and its number. */
const LABEL_GAP = 14;
const DOT = { radius: 5.5, chosen: 9 };
const LINE_WIDTH = 3;
const DASH = { length: 10, gap: 8, color: [161, 161, 170] } as const;

/** What the value of each criterion is. */
const TITLES: Readonly<Record<ClusterChoice["criterion"], string>> = {
	separation: "How far the two most alike clusters are apart",
	detail: "The detail above which so many regions show",
};

/** A value of a criterion as people read it. */
export function formatCriterion(criterion: ClusterChoice["criterion"], value: number): string {
	// Rounded up, so that the detail that one reads is one that shows them.
	return criterion === "detail" ? `${Math.ceil(value)}` : value.toFixed(2);
}

/** Draw the curve of a choice, `width` pixels wide, with its left top corner at (left, top). */
export function drawSweepChart(
	canvas: RgbImage,
	{ criterion, clusters, curve }: ClusterChoice,
	left: number,
	top: number,
	width: number,
): void {
	const title = shortenText(TITLES[criterion], width, PANEL_TITLE_STYLE);
	drawText(canvas, title, { ...PANEL_TITLE_STYLE, x: left, y: top + 32, color: INK });
	const bottom = top + CHART_HEIGHT - AXIS_HEIGHT;
	const place = scaleOf(curve, left, top + TITLE_HEIGHT + HEADROOM, width, bottom);
	const points = curve.map((point): Point => [place.x(point.clusters), place.y(point.value)]);
	const chosen = curve.findIndex((point) => point.clusters === clusters);

	fillRectangle(canvas, { x: left, y: bottom, width, height: 2 }, HAIRLINE);
	if (criterion === "separation" && place.y(WORTHWHILE_SEPARATION) > top + TITLE_HEIGHT) {
		drawThreshold(canvas, left, Math.floor(place.y(WORTHWHILE_SEPARATION)), width);
	}
	const [x, y] = points[chosen];
	const stem = { x: Math.floor(x) - 1, y: Math.floor(y), width: 3, height: bottom - Math.floor(y) };
	fillRectangle(canvas, stem, ACCENT);
	strokeLine(canvas, points, LINE_WIDTH, SOFT_INK);
	for (const point of points) {
		fillDisc(canvas, point, DOT.radius, SOFT_INK);
	}
	fillDisc(canvas, points[chosen], DOT.chosen, ACCENT);
	drawNumbers(canvas, { criterion, clusters, curve }, points, left + width, bottom);
}

interface Scale {
	x(clusters: number): number;
	y(value: number): number;
}

/** Values from 0 up stand on a zero line; where there are others, the lowest stands on the axis. */
function scaleOf(curve: readonly ChoicePoint[], left: number, top: number, width: number, bottom: number): Scale {
	const values = curve.map(({ value }) => value);
	const low = Math.min(0, ...values);
	const high = Math.max(...values);
	const span = high > low ? high - low : 1;
	const first = curve[0].clusters;
	const steps = Math.max(1, curve.length - 1);
	return {
		x: (clusters) => left + SIDE + ((clusters - first) / steps) * (width - 2 * SIDE),
		y: (value) => bottom - ((value - low) / span) * (bottom - top),
	};
}

function drawThreshold(canvas: RgbImage, left: number, y: number, width: number): void {
	const label = formatCriterion("separation", WORTHWHILE_SEPARATION);
	const end = left + width - Math.ceil(measureText(label, LABEL_STYLE)) - LABEL_GAP;
	for (let x = left; x < end; x += DASH.length + DASH.gap) {
		fillRectangle(canvas, { x, y, width: Math.min(DASH.length, end - x), height: 2 }, DASH.color);
	}
	drawText(canvas, label, { ...LABEL_STYLE, x: left + width, y: y + 8, color: SOFT_INK, align: "right" });
}

/** k below the axis, and the value of the chosen one beside its point, where the curve does not come: up and right. */
function drawNumbers(
	canvas: RgbImage,
	{ criterion, clusters, curve }: ClusterChoice,
	points: readonly Point[],
	right: number,
	bottom: number,
): void {
	drawText(canvas, "k", { ...LABEL_STYLE, x: points[0][0] - SIDE, y: bottom + 34, color: SOFT_INK });
	for (const [index, [x, y]] of points.entries()) {
		const isChosen = curve[index].clusters === clusters;
		const style = isChosen ? { ...CHOSEN_STYLE, color: ACCENT } : { ...LABEL_STYLE, color: SOFT_INK };
		drawText(canvas, `${curve[index].clusters}`, { ...style, x, y: bottom + 34, align: "center" });
		if (isChosen) {
			const text = formatCriterion(criterion, curve[index].value);
			const place = Math.min(x + DOT.chosen, right - measureText(text, style));
			drawText(canvas, text, { ...style, x: place, y: y - 16 });
		}
	}
}

/** Pixels from the left and from the top. */
type Point = readonly [x: number, y: number];

/** A line through points, with round ends and corners. */
function strokeLine(canvas: RgbImage, points: readonly Point[], width: number, color: Color): void {
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
function fillDisc(canvas: RgbImage, [x, y]: Point, radius: number, color: Color): void {
	fillOutline(canvas, [roundedRectangle(x - radius, y - radius, 2 * radius, 2 * radius, radius)], color);
}
