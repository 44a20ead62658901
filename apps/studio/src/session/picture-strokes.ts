import { moving } from "../worker/serve-rpc.ts";
import type { LabelDocument, Stroke } from "./document/index.ts";
import type { Change, StrokePoint, StrokeStyle } from "./edits.ts";
import type { StrokeProgress } from "./session-api.ts";

/** The strokes of a picture, one at a time. */
export interface Strokes {
	/** Whether one is being painted. */
	readonly isOpen: boolean;
	/** Begin one; another that is open is taken back. @throws DinosegError as `LabelDocument.beginStroke` */
	begin(style: StrokeStyle): void;
	/** Paint on. Nothing is painted if no stroke is open. */
	extend(points: readonly StrokePoint[]): StrokeProgress;
	end(): Change | undefined;
	cancel(): Change | undefined;
}

/** @param documentOf what is painted on. */
export function createStrokes(documentOf: () => LabelDocument): Strokes {
	let stroke: Stroke | undefined;
	/** What was taken back when another began; told with its first move. */
	let undone: Change["rects"] = [];

	const close = (how: "end" | "cancel"): Change | undefined => {
		const change = stroke?.[how]();
		stroke = undefined;
		return change;
	};

	return {
		get isOpen() {
			return stroke !== undefined;
		},
		begin(style) {
			undone = close("cancel")?.rects ?? [];
			stroke = documentOf().beginStroke(style);
		},
		extend(points) {
			const current = documentOf();
			const rects = [...undone, ...(stroke?.extend(points).rects ?? [])];
			undone = [];
			const patches = rects.map((rect) => current.patch(rect));
			const table = current.table.slice();
			return moving({ patches, table }, [table, ...patches.map(({ data }) => data)]);
		},
		end: () => close("end"),
		cancel: () => close("cancel"),
	};
}
