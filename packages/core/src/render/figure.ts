import type { Kernels } from "@dinoseg/kernels";
import { checkLength, DinosegError } from "../errors/index.ts";
import { checkRgbImage, type RgbImage } from "../image/rgb-image.ts";
import { checkLabelMap, type LabelMap } from "../labels/label-map.ts";
import { PALETTE, type Palette } from "../labels/palette.ts";
import { areaResample } from "./area-resample.ts";
import { createCanvas, drawImage, strokeRectangle } from "./canvas.ts";
import { captionParts, type FigureCaption, panelTitles } from "./figure-caption.ts";
import { drawLegend, layoutLegend, legendEntries } from "./figure-legend.ts";
import {
	CAPTION_LINE,
	CAPTION_STYLE,
	FIGURE_WIDTH,
	HAIRLINE,
	INK,
	PANEL_TITLE_STYLE,
	SOFT_INK,
	SPACING,
	TITLE_STYLE,
	WHITE,
} from "./figure-style.ts";
import { fillLabelColors, labelColors } from "./label-colors.ts";
import { drawText, joinLines, shortenText } from "./text.ts";

/** The four pictures of a figure, and what is written about them. */
export interface FigureContent {
	readonly original: RgbImage;
	readonly blurred: RgbImage;
	/** What the segments were made of. */
	readonly parts: PaintedParts;
	/** The result. */
	readonly segments: LabelMap;
	/** Above the panels, e.g. the name of the file. Default: none. */
	readonly title?: string;
	readonly caption: FigureCaption;
	/** @default PALETTE */
	readonly palette?: Palette;
	/** Names of segments by id, shown in the legend. @default none */
	readonly names?: ReadonlyMap<number, string>;
}

/** Parts of the picture in flat colours: patches in those of their segments, or superpixels in their own. */
export interface PaintedParts {
	/** Part of each field. Shape (height, width): the size of the picture, or one field for each patch. */
	readonly data: Uint8Array | Uint16Array;
	readonly width: number;
	readonly height: number;
	/** Shape (parts, 3). */
	readonly colors: Uint8Array;
}

/** From this scale on the pixels of a photograph are shown as squares. */
const SQUARE_PIXELS_FROM = 4;

/**
 * The figure of a result: original, median blur, patches or superpixels, and segments, with titles, a legend of the
 * segments, and a caption. White ground, the same bytes in every JavaScript engine.
 *
 * Photographs are resized with the pipeline's bicubic; label maps are averaged in their flat colours, so that thin
 * segments stay visible and edges are smooth. Pictures below a fourth of a panel are shown in square pixels.
 *
 * @returns 1600 pixels wide, at most 2400 high.
 * @throws DinosegError SHAPE_MISMATCH if the original, the blurred and the segments are not of one size.
 */
export function renderFigure(kernels: Kernels, content: FigureContent): RgbImage {
	const { original, blurred, parts, segments, title, caption, palette = PALETTE, names = new Map() } = content;
	checkRgbImage("renderFigure", original);
	checkRgbImage("renderFigure", blurred);
	checkLabelMap("renderFigure", segments);
	checkLength("renderFigure", "parts (height, width)", parts.data, parts.height, parts.width);
	checkSizes(original, { blurred, segments });

	const layout = layoutPanels(original.width, original.height);
	const innerWidth = FIGURE_WIDTH - 2 * SPACING.margin;
	const entries = legendEntries(segments, palette, names, kernels.check);
	const legend = layoutLegend(entries, innerWidth);
	const lines = joinLines(captionParts(caption, entries.length), innerWidth, CAPTION_STYLE);

	const panelsTop = SPACING.margin - 6 + (title === undefined ? 0 : SPACING.figureTitle);
	const rowHeight = SPACING.panelTitle + layout.panelHeight;
	const rows = 4 / layout.columns;
	const legendTop = panelsTop + rows * rowHeight + (rows - 1) * SPACING.rowGap + SPACING.rowGap;
	const captionTop = legendTop + legend.height + 4;
	const height = captionTop + lines.length * CAPTION_LINE + SPACING.margin - 8;

	const canvas = createCanvas(FIGURE_WIDTH, height, WHITE);
	if (title !== undefined) {
		const text = shortenText(title, innerWidth, TITLE_STYLE);
		drawText(canvas, text, { ...TITLE_STYLE, x: SPACING.margin, y: SPACING.margin + 36, color: INK });
	}
	const panels = [
		() => resizePhoto(kernels, original, layout),
		() => resizePhoto(kernels, blurred, layout),
		() => resizeParts(kernels, parts, layout),
		() => resizeParts(kernels, { ...segments, colors: labelColors(segments, palette) }, layout),
	];
	const titles = panelTitles(caption);
	for (const [index, render] of panels.entries()) {
		const x = SPACING.margin + (index % layout.columns) * (layout.columnWidth + SPACING.columnGap);
		const y = panelsTop + Math.floor(index / layout.columns) * (rowHeight + SPACING.rowGap);
		const heading = shortenText(titles[index], layout.columnWidth, PANEL_TITLE_STYLE);
		drawText(canvas, heading, { ...PANEL_TITLE_STYLE, x, y: y + 32, color: INK });
		drawImage(canvas, render(), x, y + SPACING.panelTitle);
		const frame = { x, y: y + SPACING.panelTitle, width: layout.panelWidth, height: layout.panelHeight };
		strokeRectangle(canvas, frame, HAIRLINE);
	}
	drawLegend(canvas, legend, SPACING.margin, legendTop);
	for (const [index, line] of lines.entries()) {
		const y = captionTop + index * CAPTION_LINE + 28;
		drawText(canvas, line, { ...CAPTION_STYLE, x: SPACING.margin, y, color: SOFT_INK });
	}
	return canvas;
}

function resizePhoto(kernels: Kernels, image: RgbImage, { panelWidth, panelHeight, scale }: PanelLayout): RgbImage {
	const { data, width, height } = image;
	if (scale >= SQUARE_PIXELS_FROM) {
		const readRow = (y: number, row: Uint8Array): void => row.set(data.subarray(y * row.length, (y + 1) * row.length));
		return areaResample(readRow, width, height, panelWidth, panelHeight, kernels.check);
	}
	const resized = kernels.resizeBicubic(data, width, height, 3, panelWidth, panelHeight);
	return { data: resized, width: panelWidth, height: panelHeight };
}

function resizeParts(kernels: Kernels, parts: PaintedParts, { panelWidth, panelHeight }: PanelLayout): RgbImage {
	const { width, height } = parts;
	const readRow = (y: number, row: Uint8Array): void => fillLabelColors(parts, y * width, parts.colors, row);
	return areaResample(readRow, width, height, panelWidth, panelHeight, kernels.check);
}

function checkSizes(original: RgbImage, others: Record<string, { width: number; height: number }>): void {
	for (const [name, { width, height }] of Object.entries(others)) {
		if (width !== original.width || height !== original.height) {
			throw new DinosegError(
				"SHAPE_MISMATCH",
				`renderFigure: ${name} (height, width) must match the original (${original.height}, ${original.width}), ` +
					`got (${height}, ${width}). Pass all three at the size of the original.`,
				{ details: { expected: [original.height, original.width], actual: [height, width] } },
			);
		}
	}
}

/** How the four panels lie. */
interface PanelLayout {
	readonly columns: 4 | 2;
	/** Width of a column, pixels; a panel may be narrower. */
	readonly columnWidth: number;
	/** Size at which each picture is shown, pixels. */
	readonly panelWidth: number;
	readonly panelHeight: number;
	readonly scale: number;
}

/** Panels never exceed these heights, so the figure stays below 2400 pixels. */
const MAX_PANEL_HEIGHT = { 4: 1400, 2: 860 } as const;
/** An extremely long and thin picture is shown this thick at least, not quite in its aspect. */
const MIN_PANEL_SIDE = 8;
/** A pixel of a tiny picture becomes a square of this side at most. */
const MAX_SCALE = 64;

/**
 * Arrange four pictures of one size.
 *
 * Four in a row for pictures clearly taller than wide, two by two for all others: whichever brings the figure closer to
 * a page's aspect; the two meet at width : height = 7 : 8. Panels keep the picture's aspect and fill the column unless
 * they would be too high.
 */
export function layoutPanels(width: number, height: number): PanelLayout {
	const columns = width * 8 >= height * 7 ? 2 : 4;
	const inner = FIGURE_WIDTH - 2 * SPACING.margin - (columns - 1) * SPACING.columnGap;
	const columnWidth = Math.floor(inner / columns);
	const scale = Math.min(columnWidth / width, MAX_PANEL_HEIGHT[columns] / height, MAX_SCALE);
	const side = (size: number): number => Math.max(MIN_PANEL_SIDE, Math.floor(size * scale + 0.5));
	return { columns, columnWidth, panelWidth: side(width), panelHeight: side(height), scale };
}
