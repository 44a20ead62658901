import { createLatest } from "../../app/latest.ts";
import type { PictureEntry, ViewState } from "../../app/store.ts";
import { sayError } from "../../app/toasts.ts";
import { sessionOf } from "../../app/work.ts";
import type { Explanation, Layer, LayerKind } from "../../session/layers.ts";
import type { PictureView } from "../../view/picture-view.ts";

/** Lays what is looked at over a picture. */
export interface LayerShow {
	/** Show the layers that a state asks for; those that are not there are made. */
	see(picture: PictureEntry | undefined, style: ViewState, explanation: Explanation | undefined): void;
	/** The view has another photograph, and no layers. */
	reset(): void;
}

type MadeKind = Exclude<LayerKind, "similarity">;

/** Layers whose values lie between their pixels. */
const SMOOTH: readonly LayerKind[] = ["similarity", "confidence", "denoised"];

/** Show layers on a view. Of those that are asked for while one is made only the last is made. */
export function createLayerShow(view: PictureView): LayerShow {
	/** What the ground and the overlay on the view were made of. */
	const shown = { ground: "", overlay: "" };
	let shownExplanation: Explanation | undefined;
	const runs = { ground: createLatest(), overlay: createLatest() };

	let overlay: Layer | undefined;
	const showOverlay = (layer: Layer | undefined): void => {
		overlay = layer;
		view.setLayer(layer, layer !== undefined && SMOOTH.includes(layer.kind));
	};
	const put = (place: "ground" | "overlay", layer: Layer): void => {
		if (place === "ground") {
			view.setLayer(layer, true);
			// The view has one layer at a time, and remembers a denoised ground.
			showOverlay(overlay);
		} else {
			showOverlay(layer);
		}
	};

	const make = (place: "ground" | "overlay", key: string, id: string, kind: MadeKind): void =>
		runs[place](async () => {
			try {
				const layer = await sessionOf().call("layer", [id, kind]);
				if (shown[place] === key) {
					put(place, layer);
				}
			} catch (error) {
				if (shown[place] === key) {
					showOverlay(undefined);
					sayError(error);
				}
			}
		});

	return {
		see(picture, { ground, layerKind }, explanation) {
			const scene = picture?.scene;
			if (picture === undefined || scene === undefined) {
				return;
			}
			const { id } = picture;
			const { settings } = scene;
			const groundKey = ground === "denoised" ? `${id} ${settings.options.median}` : "";
			if (groundKey !== shown.ground && groundKey !== "") {
				make("ground", groundKey, id, "denoised");
			}
			shown.ground = groundKey;
			if (explanation) {
				if (explanation !== shownExplanation) {
					showOverlay(explanation.similarity);
				}
				shown.overlay = "similarity";
			} else {
				const isNone =
					layerKind === "similarity" || (layerKind === "borders" && settings.options.segments !== "regions");
				const kind = isNone ? undefined : (layerKind as MadeKind | undefined);
				// Patches have the colours of the segments.
				const colors = kind === "patches" ? JSON.stringify(scene.segments.map(({ color }) => color)) : "";
				const overlayKey = kind ? `${id} ${kind} ${JSON.stringify(settings)} ${colors}` : "";
				if (overlayKey !== shown.overlay) {
					shown.overlay = overlayKey;
					if (kind) {
						make("overlay", overlayKey, id, kind);
					} else {
						showOverlay(undefined);
					}
				}
			}
			shownExplanation = explanation;
		},
		reset() {
			shown.ground = "";
			shown.overlay = "";
			shownExplanation = undefined;
			overlay = undefined;
		},
	};
}
