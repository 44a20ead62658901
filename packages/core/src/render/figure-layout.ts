/** Width of every figure, pixels. */
export const FIGURE_WIDTH = 1600;

/** Distances of the figure, pixels. */
export const SPACING = {
	margin: 44,
	/** Between panels side by side. */
	columnGap: 28,
	/** Between rows of panels. */
	rowGap: 30,
	/** From the title's line to its panel. */
	panelTitle: 50,
	figureTitle: 72,
} as const;

/** How the four panels lie. */
export interface PanelLayout {
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
