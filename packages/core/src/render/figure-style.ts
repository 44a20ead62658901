import type { Color } from "../labels/palette.ts";

/** The look that figures share. */
export const WHITE: Color = [255, 255, 255];
export const INK: Color = [24, 24, 27];
export const SOFT_INK: Color = [82, 82, 91];
export const HAIRLINE: Color = [212, 212, 216];
/** What stands out: white letters can be read on it. */
export const ACCENT: Color = [0, 94, 162];

export const TITLE_STYLE = { size: 44, weight: "semibold" } as const;
export const PANEL_TITLE_STYLE = { size: 32, weight: "semibold" } as const;
export const CAPTION_STYLE = { size: 28 } as const;
export const CAPTION_LINE = 40;

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
