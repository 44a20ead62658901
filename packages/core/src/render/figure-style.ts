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
