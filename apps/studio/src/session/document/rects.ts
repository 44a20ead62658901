import type { Rect } from "../scene.ts";

/** Smallest rectangle around two. */
function around(a: Rect, b: Rect): Rect {
	const x = Math.min(a.x, b.x);
	const y = Math.min(a.y, b.y);
	return {
		x,
		y,
		width: Math.max(a.x + a.width, b.x + b.width) - x,
		height: Math.max(a.y + a.height, b.y + b.height) - y,
	};
}

/** Of the pixels of a rectangle around two, at least this share lies in one of them, or they stay apart. */
const FULLNESS = 0.5;

/** Add a rectangle to a list: it grows the last one where little else lies between, so that strokes give few. */
export function addRect(rects: Rect[], rect: Rect): void {
	const last = rects.at(-1);
	if (last !== undefined) {
		const both = around(last, rect);
		if (last.width * last.height + rect.width * rect.height >= FULLNESS * both.width * both.height) {
			rects[rects.length - 1] = both;
			return;
		}
	}
	rects.push(rect);
}
