import { type Check, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { RgbImage } from "../image/rgb-image.ts";
import type { LabelMap } from "../labels/label-map.ts";
import { type Color, type Palette, segmentColor } from "../labels/palette.ts";
import { formatShare } from "./figure-caption.ts";
import { INK } from "./figure-style.ts";
import { chipWidth as chipWidthOf, drawChip } from "./segment-chip.ts";
import { drawText, measureText, shortenText } from "./text.ts";

/** One chip of the legend. */
interface LegendEntry {
	readonly id: number;
	readonly color: Color;
	/** What stands beside the chip: the segment's name, if it has one, and its part of the picture. */
	readonly text: string;
}

/** Place and look, pixels. */
const CHIP = { height: 36, minWidth: 52, gap: 12 };
const TEXT_STYLE = { size: 28 } as const;
const ROW_HEIGHT = 54;
const MAX_ROWS = 3;
/** Longer names are cut. */
const MAX_NAME_WIDTH = 360;
const ITEM_GAP = 34;

/**
 * The segments that a map shows, by rising id, and the part that each has of all.
 *
 * @param check called between steps; what it throws ends the call. Default: none.
 */
export function legendEntries(
	labels: LabelMap,
	palette: Palette,
	names: ReadonlyMap<number, string>,
	check: Check = noCheck,
): LegendEntry[] {
	const pixels = new Float64Array(labels.count);
	const { data, background } = labels;
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let index = from; index < to; index++) {
			pixels[data[index]]++;
		}
	}
	const total = data.length - (background === undefined ? 0 : pixels[background]);
	const entries: LegendEntry[] = [];
	for (let id = 0; id < labels.count; id++) {
		if (pixels[id] > 0 && id !== background) {
			const name = names.get(id);
			const share = formatShare(pixels[id] / total);
			const text = name === undefined ? share : `${shortenText(name, MAX_NAME_WIDTH, TEXT_STYLE)} ${share}`;
			entries.push({ id, color: segmentColor(id, palette), text });
		}
	}
	return entries;
}

/** Where the chips go: a grid of equal columns. */
interface LegendLayout {
	readonly entries: readonly LegendEntry[];
	readonly columns: number;
	readonly chipWidth: number;
	readonly itemWidth: number;
	/** Pixels. */
	readonly height: number;
	/** Segments that did not fit. */
	readonly hidden: number;
}

/** Fit the entries into `width` pixels and three rows; what does not fit is counted. */
export function layoutLegend(entries: readonly LegendEntry[], width: number): LegendLayout {
	const widest = (texts: readonly string[], style: { size: number }): number =>
		texts.reduce((most, text) => Math.max(most, measureText(text, style)), 0);
	const chipWidth = entries.reduce(
		(most, { id }) => Math.max(most, Math.ceil(chipWidthOf(id, CHIP.height))),
		CHIP.minWidth,
	);
	const texts = widest(
		entries.map(({ text }) => text),
		TEXT_STYLE,
	);
	const itemWidth = chipWidth + CHIP.gap + Math.ceil(texts) + ITEM_GAP;
	const columns = Math.max(1, Math.floor((width + ITEM_GAP) / itemWidth));
	const places = columns * MAX_ROWS;
	const shown = entries.length <= places ? entries : entries.slice(0, places - 1);
	const rows = Math.ceil(Math.min(entries.length, places) / columns);
	return {
		entries: shown,
		columns,
		chipWidth,
		itemWidth,
		height: rows * ROW_HEIGHT,
		hidden: entries.length - shown.length,
	};
}

/** Draw the chips with their left top corner at (left, top). */
export function drawLegend(canvas: RgbImage, layout: LegendLayout, left: number, top: number): void {
	const { entries, columns, chipWidth, itemWidth, hidden } = layout;
	const place = (index: number): { x: number; y: number } => ({
		x: left + (index % columns) * itemWidth,
		y: top + Math.floor(index / columns) * ROW_HEIGHT,
	});
	for (const [index, { id, color, text }] of entries.entries()) {
		const { x, y } = place(index);
		drawChip(canvas, { id, color }, { x, y, width: chipWidth, height: CHIP.height });
		drawEntryText(canvas, text, x + chipWidth + CHIP.gap, y);
	}
	if (hidden > 0) {
		const { x, y } = place(entries.length);
		drawEntryText(canvas, `+ ${hidden} more`, x, y);
	}
}

function drawEntryText(canvas: RgbImage, text: string, x: number, y: number): void {
	drawText(canvas, text, { ...TEXT_STYLE, x, y: y + CHIP.height / 2 + TEXT_STYLE.size * 0.36, color: INK });
}
