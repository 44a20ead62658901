export { renderBorders } from "./borders.ts";
export { type FigureContent, type PaintedParts, renderFigure } from "./figure.ts";
export type { FigureCaption } from "./figure-caption.ts";
export { FIGURE_WIDTH } from "./figure-style.ts";
export type { FontWeight } from "./glyphs.ts";
export { renderLabelColors } from "./label-colors.ts";
export { type OverlayOptions, renderOverlay } from "./overlay.ts";
export * from "./sweep/index.ts";
export { type DrawTextOptions, drawText, measureText, type TextStyle } from "./text.ts";
