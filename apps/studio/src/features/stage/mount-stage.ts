import { stateOf, subscribe } from "../../app/store.ts";
import { createPictureView } from "../../view/create-picture-view.ts";
import { createMinimap } from "../../view/minimap.ts";
import { setMovedView } from "./move-view.ts";
import { showState } from "./show-state.ts";
import { createTools } from "./tools.ts";

/** The mark of each frame in the browser's timeline; its detail counts the changes that are drawn. */
const FRAME_MARK = "dinoseg-frame";

/** Where a stage is in the page. */
export interface StageElements {
	readonly canvas: HTMLCanvasElement;
	readonly minimap: HTMLCanvasElement;
	readonly frame: HTMLElement;
	/** Told the scale in words. */
	onZoom(text: string): void;
}

/** Draw the state on a canvas, and let pointers work on it. @returns undefined if the browser cannot draw it. */
export function mountStage({ canvas, minimap, frame, onZoom }: StageElements): { dispose(): void } | undefined {
	const view = createPictureView(canvas);
	if (view === undefined) {
		return undefined;
	}
	setMovedView(view);
	const map = createMinimap(minimap, view);
	const tools = createTools(frame, canvas, view);
	const show = showState(view);
	show.see(stateOf());
	const stops = [
		subscribe(show.see),
		subscribe(tools.follow),
		view.onFrame(() => {
			onZoom(`${Math.round(100 * view.camera.scale)} %`);
			performance.clearMarks(FRAME_MARK);
			performance.mark(FRAME_MARK, { detail: show.changes() });
		}),
	];
	return {
		dispose() {
			for (const stop of stops) {
				stop();
			}
			tools.dispose();
			map.dispose();
			setMovedView(undefined);
			view.dispose();
		},
	};
}
