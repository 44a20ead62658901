import { updateModel } from "../../app/picture-model.ts";
import { segmentsOf, selectNew } from "../../app/segment-actions.ts";
import { activePicture, pictureOf, stateOf } from "../../app/store.ts";
import { sayError } from "../../app/toasts.ts";
import { sessionOf, showScene } from "../../app/work.ts";
import type { StrokePoint, StrokeStyle } from "../../session/edits.ts";
import type { PictureView } from "../../view/picture-view.ts";

/** A brush or an eraser on its way. */
export interface BrushTool {
	readonly isPainting: boolean;
	begin(mode: "brush" | "eraser", at: StrokePoint): void;
	move(points: readonly StrokePoint[]): void;
	end(): void;
	/** Take back what was painted since `begin`. */
	cancel(): void;
	/** Show the brush in another size. */
	resize(radius: number): void;
}

interface Stroke {
	/** Of the picture that is painted, whichever is shown meanwhile. */
	readonly id: string;
	/** What was painted since the last call; it goes with the next one. */
	waiting: StrokePoint[];
	readonly before: ReadonlySet<number>;
}

/** Paint with the pointer: the session paints, the view shows it with the next frame. */
export function createBrush(view: PictureView): BrushTool {
	let stroke: Stroke | undefined;
	let last: StrokePoint | undefined;
	/** Calls of all strokes go one after the other: one that begins does not overtake one that ends. */
	let calls: Promise<void> = Promise.resolve();

	/** After a call that failed, the rest of the stroke is taken back. */
	const inTurn = (current: Stroke, work: () => Promise<void>): void => {
		calls = calls.then(work).catch(async (error: unknown) => {
			sayError(error);
			stroke = stroke === current ? undefined : stroke;
			showScene(current.id, await sessionOf().call("cancelStroke", [current.id]));
		});
		calls = calls.catch(sayError);
	};

	const extend = async (current: Stroke): Promise<void> => {
		const points = current.waiting;
		current.waiting = [];
		const model = pictureOf(current.id)?.model;
		if (points.length === 0 || model === undefined) {
			return;
		}
		const progress = await sessionOf().call("extendStroke", [current.id, points]);
		updateModel(model, progress);
		if (stateOf().activeId === current.id) {
			view.patchParts(progress.patches);
			view.setTable(progress.table);
		}
	};

	const finish = (method: "endStroke" | "cancelStroke"): void => {
		const ended = stroke;
		stroke = undefined;
		if (ended === undefined) {
			return;
		}
		inTurn(ended, async () => {
			await extend(ended);
			showScene(ended.id, await sessionOf().call(method, [ended.id]));
			if (method === "endStroke" && stateOf().activeId === ended.id) {
				selectNew(ended.before);
			}
		});
	};

	return {
		get isPainting() {
			return stroke !== undefined;
		},
		begin(tool, at) {
			const { activeId, radius, paintsParts, label, selection } = stateOf();
			if (activeId === undefined || activePicture()?.scene === undefined) {
				return;
			}
			const into = label === "new" ? "new" : (selection.at(-1) ?? label);
			const style: StrokeStyle = {
				by: paintsParts ? "parts" : "pixels",
				radius,
				...(tool === "brush" ? { mode: "paint", into } : { mode: "erase" }),
			};
			const begun: Stroke = { id: activeId, waiting: [at], before: new Set(segmentsOf().map(({ id }) => id)) };
			stroke = begun;
			inTurn(begun, async () => {
				await sessionOf().call("beginStroke", [activeId, style]);
				await extend(begun);
			});
		},
		move(points) {
			last = points.at(-1) ?? last;
			const current = stroke;
			if (current) {
				current.waiting.push(...points);
				inTurn(current, () => extend(current));
			}
		},
		end: () => finish("endStroke"),
		cancel: () => finish("cancelStroke"),
		resize(radius) {
			if (last) {
				view.setBrush({ ...last, radius });
			}
		},
	};
}
