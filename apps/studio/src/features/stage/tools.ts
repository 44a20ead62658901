import { segmentAt } from "../../app/picture-model.ts";
import { edit, segmentsOf, select, selectNew, walkSelected } from "../../app/segment-actions.ts";
import { activePicture, type StudioState, setState, stateOf, type Tool } from "../../app/store.ts";
import { createCameraController } from "../../view/camera-controller.ts";
import type { PictureView } from "../../view/picture-view.ts";
import { createBrush } from "./brush.ts";

/** CSS pixels that a pointer may move and still clicks. */
const CLICK_DISTANCE = 4;
/** Milliseconds between two steps of the wheel over a selection. */
const WALK_MS = 90;
/** CSS pixels between two corners of a lasso. */
const LASSO_STEP = 3;

export interface Tools {
	/** See what the state says of the tools. */
	follow(state: StudioState): void;
	dispose(): void;
}

/** What pointers do to the picture. The camera has the middle button, Space, two fingers, and what a tool does not want. */
export function createTools(frame: HTMLElement, canvas: HTMLCanvasElement, view: PictureView): Tools {
	const brush = createBrush(view);
	let lasso: { x: number; y: number }[] | undefined;
	let down: { x: number; y: number; readonly adds: boolean; hasMoved: boolean } | undefined;
	let walkedAt = 0;

	const under = (event: { readonly clientX: number; readonly clientY: number }): number | undefined => {
		const picture = activePicture();
		const { x, y } = view.toPicture(event.clientX, event.clientY);
		return picture?.model && picture.scene ? segmentAt(picture.model, x, y, picture.scene.background) : undefined;
	};
	const toolOf = (): Tool => stateOf().tool;

	const controller = createCameraController(view, canvas, {
		isHand: () => toolOf() === "hand",
		onTakeOver() {
			brush.cancel();
			lasso = undefined;
			down = undefined;
			view.setLasso(undefined);
		},
		onState(state) {
			frame.dataset["camera"] = state;
		},
	});

	/** Over a selection the wheel makes it finer or coarser; the camera does not hear of it. */
	const onWheel = (event: WheelEvent): void => {
		const segment = under(event);
		if (event.ctrlKey || event.deltaY === 0 || toolOf() !== "select" || segment === undefined) {
			return;
		}
		if (stateOf().selection.includes(segment)) {
			event.preventDefault();
			event.stopPropagation();
			if (event.timeStamp - walkedAt > WALK_MS) {
				walkedAt = event.timeStamp;
				void walkSelected(event.deltaY < 0 ? 1 : -1);
			}
		}
	};

	const onDown = (event: PointerEvent): void => {
		const tool = toolOf();
		const point = view.toPicture(event.clientX, event.clientY);
		if (event.button === 2 && tool === "brush") {
			const segment = under(event);
			if (segment !== undefined) {
				setState({ label: segment, selection: [segment] });
			}
			return;
		}
		if (event.button !== 0 || !event.isPrimary) {
			return;
		}
		if (tool === "brush" || tool === "eraser") {
			canvas.setPointerCapture(event.pointerId);
			brush.begin(tool, point);
		} else if (tool === "lasso") {
			canvas.setPointerCapture(event.pointerId);
			lasso = [point];
		} else if (tool === "select") {
			const adds = event.shiftKey || event.ctrlKey || event.metaKey;
			down = { x: event.clientX, y: event.clientY, adds, hasMoved: false };
		}
	};

	const onMove = (event: PointerEvent): void => {
		const point = view.toPicture(event.clientX, event.clientY);
		const tool = toolOf();
		if (tool === "brush" || tool === "eraser") {
			view.setBrush(
				event.pointerType === "touch" && !brush.isPainting ? undefined : { ...point, radius: stateOf().radius },
			);
			brush.move(
				(event.getCoalescedEvents?.() ?? [event]).map(({ clientX, clientY }) => view.toPicture(clientX, clientY)),
			);
		} else if (lasso) {
			const last = lasso.at(-1) ?? point;
			if (Math.hypot(point.x - last.x, point.y - last.y) * view.camera.scale >= LASSO_STEP) {
				lasso = [...lasso, point];
				view.setLasso(lasso);
			}
		} else if (down && (down.hasMoved || distance(down, event) > CLICK_DISTANCE)) {
			canvas.setPointerCapture(event.pointerId);
			view.panBy(event.clientX - down.x, event.clientY - down.y);
			down = { ...down, x: event.clientX, y: event.clientY, hasMoved: true };
		} else {
			const hovered = under(event);
			if (hovered !== stateOf().hovered) {
				setState({ hovered });
			}
		}
	};

	const onUp = (event: PointerEvent): void => {
		brush.end();
		if (lasso) {
			finishLasso(lasso, event.altKey);
			lasso = undefined;
			view.setLasso(undefined);
		}
		if (down && !down.hasMoved) {
			select(under(event), down.adds);
		}
		down = undefined;
	};

	const onLeave = (): void => {
		view.setBrush(undefined);
		setState({ hovered: undefined });
	};
	const onMenu = (event: MouseEvent): void => event.preventDefault();

	const listening = new AbortController();
	const { signal } = listening;
	frame.addEventListener("wheel", onWheel, { capture: true, passive: false, signal });
	canvas.addEventListener("pointerdown", onDown, { signal });
	canvas.addEventListener("pointermove", onMove, { signal });
	canvas.addEventListener("pointerup", onUp, { signal });
	canvas.addEventListener("pointercancel", onUp, { signal });
	canvas.addEventListener("pointerleave", onLeave, { signal });
	canvas.addEventListener("contextmenu", onMenu, { signal });

	return {
		follow({ tool, radius }) {
			if (tool !== "brush" && tool !== "eraser") {
				view.setBrush(undefined);
			} else {
				brush.resize(radius);
			}
			frame.dataset["tool"] = tool;
		},
		dispose() {
			controller.dispose();
			listening.abort();
		},
	};
}

function distance(from: { readonly x: number; readonly y: number }, { clientX, clientY }: PointerEvent): number {
	return Math.hypot(clientX - from.x, clientY - from.y);
}

/** What a lasso goes around joins the selected segment, or becomes a new one. */
function finishLasso(points: readonly { readonly x: number; readonly y: number }[], isNew: boolean): void {
	if (points.length < 3) {
		return;
	}
	const { selection, paintsParts } = stateOf();
	const into = isNew ? "new" : (selection.at(-1) ?? "new");
	const before = new Set(segmentsOf().map(({ id }) => id));
	void edit({
		type: "lasso",
		polygon: Float32Array.from(points.flatMap(({ x, y }) => [x, y])),
		by: paintsParts ? "parts" : "pixels",
		into,
	}).then((isDone) => {
		if (isDone) {
			selectNew(before);
		}
	});
}
