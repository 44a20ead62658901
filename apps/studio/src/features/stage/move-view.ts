import type { PictureView } from "../../view/picture-view.ts";

/** A way to look elsewhere. */
export type ViewMove =
	| { readonly type: "zoom"; readonly factor: number }
	| { readonly type: "fit" }
	| { readonly type: "actual-size" }
	/** Steps; the picture goes to the right and down. */
	| { readonly type: "pan"; readonly dx: number; readonly dy: number };

/** CSS pixels that a step moves the picture. */
const STEP = 64;

let shown: PictureView | undefined;

/** Say which view keys move. */
export function setMovedView(view: PictureView | undefined): void {
	shown = view;
}

/** Move what is shown. */
export function moveView(move: ViewMove): void {
	if (shown === undefined) {
		return;
	}
	if (move.type === "zoom") {
		shown.zoomTo(shown.camera.scale * move.factor);
	} else if (move.type === "fit") {
		shown.fit();
	} else if (move.type === "actual-size") {
		shown.zoomTo(1);
	} else {
		shown.panBy(STEP * move.dx, STEP * move.dy);
	}
}
