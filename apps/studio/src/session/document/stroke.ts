import { DinosegError } from "@dinoseg/core/errors";
import type { Change, StrokePoint, StrokeStyle } from "../edits.ts";
import type { Rect } from "../scene.ts";
import { brushSpans } from "./brush-spans.ts";
import { checkEditable, freeIds } from "./document-state.ts";
import { countParts, type Goal, goalOfErase, goalOfPaint, PixelPainter, paintParts } from "./paint.ts";
import type { Spans } from "./spans.ts";
import type { Transaction } from "./transaction.ts";

/** A stroke of a brush on its way: one step in the end. */
export interface Stroke {
	/** The segment that is painted. @default of `erase`: none */
	readonly segment: number | undefined;
	/**
	 * Draw the brush on to some points. Once the stroke has ended, by itself or by another edit, it does nothing.
	 *
	 * @throws DinosegError OPTION_INVALID for a point that is not finite, LABEL_OUT_OF_RANGE for too many parts
	 */
	extend(points: readonly StrokePoint[]): Change;
	/** Make a step of it. */
	end(): Change;
	/** Take all of it back. */
	cancel(): Change;
}

/** How a stroke ends. */
export type StrokeEnd = "kept" | "undone";

/**
 * Begin a stroke.
 *
 * @param finish is called once. Returns where pixels changed by that.
 * @throws DinosegError OPTION_INVALID
 */
export function createStroke(
	transaction: Transaction,
	{ mode, into, by, radius }: StrokeStyle,
	finish: (end: StrokeEnd) => readonly Rect[],
): Stroke {
	const { state } = transaction;
	if (!(radius > 0 && radius < Number.POSITIVE_INFINITY)) {
		throw new DinosegError("OPTION_INVALID", `stroke: radius must be above 0 pixels, got ${radius}.`, {
			details: { option: "radius", value: radius },
		});
	}
	const segment = mode === "erase" ? undefined : targetOf(transaction, into);
	const goal = segment === undefined ? goalOfErase(state) : goalOfPaint(state, segment);
	const { width, height } = state.parts;
	const paint = painterOf(transaction, by, goal);
	let last: StrokePoint | undefined;
	let isChanged = false;
	let isOpen = true;
	const close = (end: StrokeEnd): Change => {
		const rects = transaction.takeRects();
		if (!isOpen) {
			return { rects: [] };
		}
		isOpen = false;
		const undone = finish(end === "kept" && isChanged ? "kept" : "undone");
		return { rects: end === "kept" ? rects : undone };
	};
	return {
		segment,
		extend(points) {
			for (const point of isOpen ? points : []) {
				if (!(Number.isFinite(point.x) && Number.isFinite(point.y))) {
					throw new DinosegError("OPTION_INVALID", `stroke: points must be finite, got (${point.x}, ${point.y}).`);
				}
				isChanged = paint(brushSpans(last ?? point, point, radius, width, height)) || isChanged;
				last = point;
			}
			return { rects: transaction.takeRects() };
		},
		end: () => close("kept"),
		cancel: () => close("undone"),
	};
}

/**
 * The id of a segment that is to get pixels; a new one is given its id.
 *
 * @throws DinosegError OPTION_INVALID unless it is there and not locked
 */
export function targetOf(transaction: Transaction, into: number | "new" | undefined): number {
	if (into === undefined) {
		throw new DinosegError("OPTION_INVALID", 'stroke: into must be a segment or "new" to paint. Choose a segment.', {
			details: { option: "into" },
		});
	}
	if (into !== "new") {
		checkEditable("paint", transaction.state, into);
		return into;
	}
	const [segment] = freeIds(transaction.state, 1);
	transaction.forget(segment, { isMade: true });
	return segment;
}

function painterOf(transaction: Transaction, by: StrokeStyle["by"], goal: Goal) {
	if (by === "parts") {
		const { state } = transaction;
		return (spans: Spans) => paintParts(state, countParts(state, spans).keys(), goal);
	}
	const painter = new PixelPainter(transaction, goal);
	return (spans: Spans) => painter.paint(spans);
}
