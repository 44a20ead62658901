import { activePicture, type PictureEntry, type StudioState } from "../../app/store.ts";
import type { PictureView } from "../../view/picture-view.ts";
import { createLayerShow } from "./show-layers.ts";

/** Draws states. */
export interface StateShow {
	/** Draw a state, as far as it differs from the one before. */
	see(state: StudioState): void;
	/** How many changes were drawn. */
	changes(): number;
}

/** Draw states on a view. */
export function showState(view: PictureView): StateShow {
	let changes = 0;
	let shown: StudioState | undefined;
	let picture: PictureEntry | undefined;
	const layers = createLayerShow(view);

	const showPicture = (next: PictureEntry | undefined): void => {
		const isOther = next?.id !== picture?.id || next?.model !== picture?.model;
		const scene = next?.scene;
		const model = next?.model;
		if (isOther && model) {
			view.setPhotograph(model.photograph);
			layers.reset();
		}
		if (scene && model && (isOther || scene !== picture?.scene)) {
			if (isOther || picture?.scene === undefined) {
				view.setParts(model.photograph.width, model.photograph.height, model.parts);
			} else {
				view.patchParts(scene.patches);
			}
			view.setTable(scene.table);
		}
		picture = next;
	};

	const showSegments = (state: StudioState): void => {
		const { selection, hovered, tool } = state;
		const selected = new Set(selection);
		const scene = picture?.scene;
		view.setSegments(
			(scene?.segments ?? []).map(({ id, color, isHidden }) => ({
				id,
				color,
				isHidden,
				isSelected: selected.has(id),
				isHovered: id === hovered && (tool === "select" || tool === "lasso"),
			})),
			scene?.background,
		);
	};

	const see = (state: StudioState): void => {
		const next = activePicture(state);
		const hasOtherScene = next !== picture && (next?.scene !== picture?.scene || next?.model !== picture?.model);
		if (next !== picture) {
			// What the page does for a picture changes nothing of it.
			changes += Number(hasOtherScene);
			showPicture(next);
		}
		if (
			hasOtherScene ||
			state.selection !== shown?.selection ||
			state.hovered !== shown.hovered ||
			state.tool !== shown.tool
		) {
			showSegments(state);
		}
		if (
			state.view !== shown?.view ||
			state.showsOriginal !== shown.showsOriginal ||
			state.explanation !== shown.explanation
		) {
			changes++;
			// Colours of segments would hide those of likeness.
			const { overlay, ...style } = state.view;
			const fill = state.explanation ? 0 : overlay * style.fill;
			view.setStyle({ ...style, fill, outlines: overlay * style.outlines, showOriginal: state.showsOriginal });
		}
		layers.see(picture, state.view, state.explanation);
		shown = state;
		// Before the rest of the page shows the state, which may take longer.
		view.hasten();
	};
	return { see, changes: () => changes };
}
