import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { createStore } from "zustand/vanilla";
import type { EngineModel } from "../engine/engine.ts";
import type { Explanation, LayerKind } from "../session/layers.ts";
import type { Scene, Settings } from "../session/scene.ts";
import type { ViewStyle } from "../view/view-style.ts";
import { DEFAULT_SETTINGS } from "./default-settings.ts";
import { createKeptState } from "./kept-state.ts";
import type { PictureModel } from "./picture-model.ts";

/** What the page is doing for a picture. */
export type PictureStatus =
	| { readonly type: "working"; readonly what: string; readonly share?: number | undefined }
	| { readonly type: "ready" }
	/** It was not shown for long, and is opened again when it is. */
	| { readonly type: "sleeping" }
	| { readonly type: "failed"; readonly message: string };

/** A picture of the filmstrip. */
export interface PictureEntry {
	readonly id: string;
	readonly file: File;
	/** Address of a small copy for the filmstrip; none until it is decoded. */
	readonly thumbnail?: string | undefined;
	readonly status: PictureStatus;
	/** When it was shown last, milliseconds. */
	readonly shownAt?: number | undefined;
	/** What the controls show; the scene's are those that the segments were made with. */
	readonly settings: Settings;
	/** None until it is segmented for the first time. */
	readonly scene?: Scene | undefined;
	/** None until it is decoded. */
	readonly model?: PictureModel | undefined;
}

export type Tool = "select" | "hand" | "brush" | "eraser" | "lasso";

/** How segments are drawn, and what over them. */
export interface ViewState extends Omit<ViewStyle, "showOriginal"> {
	/** Opacity of colours and outlines together, 0 to 1. */
	readonly overlay: number;
	readonly layerKind: Exclude<LayerKind, "denoised"> | undefined;
	readonly wipe: number | undefined;
}

export interface Toast {
	readonly id: number;
	readonly kind: "info" | "warning" | "error";
	readonly message: string;
}

/** A panel beside the picture. */
export type PanelName = "shape" | "segments" | "view";

export type DialogName = "export" | "keys" | "camera" | "token" | "figure";

export interface StudioState {
	/** Whether the engine answers. */
	readonly connection: "connecting" | "ready" | "unreachable";
	/** True once the browser keeps the page: it opens without a network. */
	readonly isOffline: boolean;
	readonly models: readonly EngineModel[];
	/** A download, and which share of it is there. */
	readonly download?: { readonly model: string; readonly share: number } | undefined;
	readonly pictures: readonly PictureEntry[];
	/** Pictures that are kept of tabs that are closed. */
	readonly left: number;
	readonly activeId?: string | undefined;
	/** What new pictures are segmented with. */
	readonly settings: Settings;
	readonly panel: PanelName;
	readonly tool: Tool;
	/** Of the brush and the eraser, pixels of the picture. */
	readonly radius: number;
	/** Whether brush, eraser and lasso take whole superpixels. */
	readonly paintsParts: boolean;
	/** What the brush paints; `new` begins a segment. */
	readonly label: number | "new";
	readonly selection: readonly number[];
	readonly hovered?: number | undefined;
	readonly explanation?: Explanation | undefined;
	readonly view: ViewState;
	/** Tab is held. */
	readonly showsOriginal: boolean;
	readonly dialog?: DialogName | undefined;
	readonly toasts: readonly Toast[];
}

export const DEFAULT_VIEW: ViewState = {
	ground: "photograph",
	overlay: 1,
	fill: 0.5,
	outlines: 1,
	layer: 0.75,
	layerKind: undefined,
	wipe: undefined,
};

/** What is there again when the page is loaded again; pictures are kept by the session. */
const kept = createKeptState<StudioState>("dinoseg-studio", [
	"activeId",
	"panel",
	"tool",
	"radius",
	"paintsParts",
	"view",
]);

const { getState, setState, subscribe } = createStore<StudioState>()(() => ({
	connection: "connecting",
	isOffline: false,
	models: [],
	pictures: [],
	left: 0,
	settings: DEFAULT_SETTINGS,
	panel: "shape",
	tool: "select",
	radius: 12,
	paintsParts: false,
	label: 0,
	selection: [],
	view: DEFAULT_VIEW,
	showsOriginal: false,
	toasts: [],
	...kept.read(),
}));
subscribe(kept.keep);

export { getState as stateOf, setState, subscribe };

/** Read the state in a component: it is drawn again when what is read of it has changed. */
export function useStudio<T>(read: (state: StudioState) => T): T {
	const value = read(getState());
	const shown = useRef({ read, value });
	shown.current = { read, value };
	const [, draw] = useState({});
	useLayoutEffect(() => {
		const look = (): void => {
			if (!Object.is(shown.current.read(getState()), shown.current.value)) {
				draw({});
			}
		};
		look();
		return subscribe(look);
	}, []);
	return value;
}

/** The picture that is shown. */
export function activePicture({ pictures, activeId }: StudioState = getState()): PictureEntry | undefined {
	return pictures.find(({ id }) => id === activeId);
}

/** A picture of the filmstrip. */
export function pictureOf(id: string): PictureEntry | undefined {
	return getState().pictures.find((picture) => picture.id === id);
}

/** Change one picture of the filmstrip. */
export function updatePicture(id: string, change: Partial<PictureEntry>): void {
	setState(({ pictures }) => ({ pictures: withPicture(pictures, id, change) }));
}

/** Pictures of which one is changed. */
export function withPicture(
	pictures: readonly PictureEntry[],
	id: string,
	change: Partial<PictureEntry>,
): readonly PictureEntry[] {
	return pictures.map((picture) => (picture.id === id ? { ...picture, ...change } : picture));
}
