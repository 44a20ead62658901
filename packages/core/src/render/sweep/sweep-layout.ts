import { FIGURE_WIDTH, SPACING } from "../figure-style.ts";

/** How the maps of a sweep lie on their sheet. */
export interface SweepLayout {
	readonly columns: number;
	/** Width of a column, pixels; a panel may be narrower. */
	readonly columnWidth: number;
	/** Size at which each map is shown, pixels. */
	readonly panelWidth: number;
	readonly panelHeight: number;
	readonly scale: number;
}

const MOST_COLUMNS = 8;
/** All panels together, with their titles, are lower than this where that is possible. */
const GRID_HEIGHT = 1350;
const MAX_PANEL_HEIGHT = 420;
/** As in the figure. */
const MIN_PANEL_SIDE = 8;
const MAX_SCALE = 64;

/**
 * Arrange so many maps of one size: as large as a page allows, but smaller where that fills rows and columns.
 *
 * @param width, height size of the picture, pixels.
 * @param count maps, at least 1.
 */
export function layoutSweep(width: number, height: number, count: number): SweepLayout {
	const layouts = Array.from({ length: Math.min(MOST_COLUMNS, count) }, (_, index) =>
		layoutColumns(width, height, count, index + 1),
	);
	const fitting = layouts.filter((layout) => gridHeight(layout, count) <= GRID_HEIGHT);
	const worth = ({ columns, columnWidth, panelWidth, scale }: SweepLayout): number =>
		((scale * count) / (rowsOf(count, columns) * columns)) * (panelWidth / columnWidth);
	return fitting.length === 0
		? layouts[layouts.length - 1]
		: fitting.reduce((best, layout) => (worth(layout) >= worth(best) ? layout : best));
}

/** Height of all rows of panels with their titles, pixels. */
export function gridHeight({ columns, panelHeight }: Pick<SweepLayout, "columns" | "panelHeight">, count: number) {
	const rows = rowsOf(count, columns);
	return rows * (SPACING.panelTitle + panelHeight) + (rows - 1) * SPACING.rowGap;
}

function rowsOf(count: number, columns: number): number {
	return Math.ceil(count / columns);
}

function layoutColumns(width: number, height: number, count: number, columns: number): SweepLayout {
	const inner = FIGURE_WIDTH - 2 * SPACING.margin - (columns - 1) * SPACING.columnGap;
	const columnWidth = Math.floor(inner / columns);
	const room = (GRID_HEIGHT - gridHeight({ columns, panelHeight: 0 }, count)) / rowsOf(count, columns);
	const highest = Math.max(MIN_PANEL_SIDE, Math.min(MAX_PANEL_HEIGHT, Math.floor(room)));
	const scale = Math.min(columnWidth / width, highest / height, MAX_SCALE);
	const side = (size: number): number => Math.max(MIN_PANEL_SIDE, Math.floor(size * scale + 0.5));
	return { columns, columnWidth, panelWidth: side(width), panelHeight: side(height), scale };
}
