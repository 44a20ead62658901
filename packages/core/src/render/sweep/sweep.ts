import type { Kernels } from "@dinoseg/kernels";
import type { ClusterChoice } from "../../cluster/index.ts";
import { DinosegError } from "../../errors/index.ts";
import { checkRgbImage, type RgbImage } from "../../image/rgb-image.ts";
import { checkLabelMap, type LabelMap } from "../../labels/label-map.ts";
import { PALETTE, type Palette } from "../../labels/palette.ts";
import type { SweepMap } from "../../segment/index.ts";
import { createCanvas, drawImage, fillRectangle, strokeRectangle } from "../canvas.ts";
import { captionParts, type FigureCaption } from "../figure-caption.ts";
import {
	ACCENT,
	CAPTION_LINE,
	CAPTION_STYLE,
	FIGURE_WIDTH,
	HAIRLINE,
	INK,
	PANEL_TITLE_STYLE,
	SOFT_INK,
	SPACING,
	WHITE,
} from "../figure-style.ts";
import { fillOutline, roundedRectangle } from "../fill-outline.ts";
import { drawText, joinLines, measureText } from "../text.ts";
import { CHART_HEIGHT, drawSweepChart, formatCriterion } from "./sweep-chart.ts";
import { sweepPalettes } from "./sweep-colors.ts";
import { gridHeight, layoutSweep, type SweepLayout } from "./sweep-layout.ts";
import { drawPanel, reducePhotograph, reduceToPanel } from "./sweep-panel.ts";

/** What a sheet shows. */
export interface SweepContent {
	/** The photograph. */
	readonly image: RgbImage;
	/** One map for each point of the curve, in its order, at the size of the photograph or as `sweepThumbnail` gives them. */
	readonly maps: readonly SweepMap[];
	readonly choice: ClusterChoice;
	/** How the maps were made; its number of clusters is that of the choice. */
	readonly caption: FigureCaption;
	/** @default PALETTE */
	readonly palette?: Palette;
}

const VALUE_STYLE = { size: 24 } as const;
/** Around the title of the chosen map. */
const CHIP = { top: 2, height: 42, padding: 14, radius: 9 };
/** The frame around the chosen map. */
const FRAME_WIDTH = 5;
const TITLE_GAP = 16;

/**
 * As much of a map as a sheet shows, so that the maps of large pictures need not be held together.
 *
 * @param count maps on the sheet.
 */
export function sweepThumbnail({ clusters, labels }: SweepMap, count: number): SweepMap {
	return { clusters, labels: reduceToPanel(labels, layoutSweep(labels.width, labels.height, count)) };
}

/**
 * One sheet of a picture's segmentations into more and more clusters, the chosen one marked, above the curve of the
 * criterion. A segment has the same colour in neighbouring maps; in the chosen map the colours are those of its ids.
 * White ground, the same bytes in every JavaScript engine.
 *
 * @returns 1600 pixels wide.
 * @throws DinosegError SHAPE_MISMATCH if the maps are not those of the curve.
 */
export function renderSweep(kernels: Kernels, content: SweepContent): RgbImage {
	const { image, choice, caption, palette = PALETTE } = content;
	checkRgbImage("renderSweep", image);
	checkMaps(content);
	const count = content.maps.length;
	const layout = layoutSweep(image.width, image.height, count);
	const photograph = reducePhotograph(kernels, image, layout);
	const maps = content.maps.map(({ labels }) => fitToPanel(labels, photograph, layout));
	const chosen = choice.curve.findIndex(({ clusters }) => clusters === choice.clusters);
	const palettes = sweepPalettes(maps, chosen, palette);

	const innerWidth = FIGURE_WIDTH - 2 * SPACING.margin;
	const lines = joinLines(captionParts(caption, caption.clusters), innerWidth, CAPTION_STYLE);
	const gridTop = SPACING.margin - 6;
	const chartTop = gridTop + gridHeight(layout, count) + SPACING.rowGap;
	const captionTop = chartTop + CHART_HEIGHT + 12;
	const height = captionTop + lines.length * CAPTION_LINE + SPACING.margin - 8;

	const canvas = createCanvas(FIGURE_WIDTH, height, WHITE);
	for (const [index, map] of maps.entries()) {
		const x = SPACING.margin + (index % layout.columns) * (layout.columnWidth + SPACING.columnGap);
		const y = gridTop + Math.floor(index / layout.columns) * (SPACING.panelTitle + layout.panelHeight + SPACING.rowGap);
		const panel = { x, y: y + SPACING.panelTitle, width: layout.panelWidth, height: layout.panelHeight };
		const { clusters, value } = choice.curve[index];
		const text = formatCriterion(choice.criterion, value);
		drawTitle(canvas, { clusters, value: text, isChosen: index === chosen }, x, y, layout);
		if (index === chosen) {
			fillRectangle(canvas, grow(panel, FRAME_WIDTH), ACCENT);
		}
		drawImage(canvas, drawPanel(kernels, photograph, map, palettes[index], layout), panel.x, panel.y);
		if (index !== chosen) {
			strokeRectangle(canvas, panel, HAIRLINE);
		}
	}
	drawSweepChart(canvas, choice, SPACING.margin, chartTop, innerWidth);
	for (const [index, line] of lines.entries()) {
		const y = captionTop + index * CAPTION_LINE + 28;
		drawText(canvas, line, { ...CAPTION_STYLE, x: SPACING.margin, y, color: SOFT_INK });
	}
	return canvas;
}

interface PanelTitle {
	readonly clusters: number;
	readonly value: string;
	readonly isChosen: boolean;
}

function drawTitle(
	canvas: RgbImage,
	{ clusters, value, isChosen }: PanelTitle,
	left: number,
	top: number,
	{ panelWidth, columnWidth }: SweepLayout,
): void {
	const text = `k = ${clusters}`;
	const indent = isChosen ? CHIP.padding : 0;
	const width = measureText(text, PANEL_TITLE_STYLE) + 2 * indent;
	if (isChosen) {
		const chip = roundedRectangle(left - FRAME_WIDTH, top + CHIP.top - 4, width, CHIP.height, CHIP.radius);
		fillOutline(canvas, [chip], ACCENT);
	}
	const x = left + (isChosen ? indent - FRAME_WIDTH : 0);
	drawText(canvas, text, { ...PANEL_TITLE_STYLE, x, y: top + 32, color: isChosen ? WHITE : INK });
	const end = Math.max(panelWidth, Math.min(columnWidth, width + TITLE_GAP + measureText(value, VALUE_STYLE)));
	if (width + TITLE_GAP + measureText(value, VALUE_STYLE) <= end) {
		drawText(canvas, value, { ...VALUE_STYLE, x: left + end, y: top + 32, color: SOFT_INK, align: "right" });
	}
}

function grow({ x, y, width, height }: { x: number; y: number; width: number; height: number }, by: number) {
	return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

function fitToPanel(labels: LabelMap, { width, height }: RgbImage, layout: SweepLayout): LabelMap {
	return labels.width === width && labels.height === height ? labels : reduceToPanel(labels, layout);
}

function checkMaps({ maps, choice }: SweepContent): void {
	for (const { labels } of maps) {
		checkLabelMap("renderSweep", labels);
	}
	const expected = choice.curve.map(({ clusters }) => clusters);
	const actual = maps.map(({ clusters }) => clusters);
	if (maps.length !== expected.length || actual.some((clusters, index) => clusters !== expected[index])) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`renderSweep: maps must be those of the curve, with ${expected.join(", ")} clusters, got ${actual.join(", ")}.`,
			{ details: { expected, actual } },
		);
	}
}
