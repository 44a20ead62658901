import { useEffect } from "preact/hooks";
import { showBeside } from "../features/filmstrip/filmstrip.tsx";
import { chooseFiles } from "../features/open/open-files.ts";
import { focusName } from "../features/segments/segment-row.tsx";
import { moveView } from "../features/stage/move-view.ts";
import { stepRadius } from "../features/tools/tool-rail.tsx";
import { toggleOutlines, toggleWipe } from "../features/view/view-panel.tsx";
import { type Action, actionOf } from "../keymap.ts";
import {
	mergeSelected,
	segmentsOf,
	select,
	selectBeside,
	splitSelected,
	stepDetail,
	toggleExplanation,
	toggleHidden,
	toggleLocked,
	walkSelected,
} from "./segment-actions.ts";
import { setState, stateOf } from "./store.ts";
import { change } from "./work.ts";

/** Where typing means letters. */
const FIELDS =
	"input:not([type=checkbox], [type=radio], [type=range], [type=color]), select, textarea, [contenteditable]";
/** What arrow keys move by themselves. */
const ARROW_USERS = "[role=slider], [role=tab], [type=radio], [type=range]";
/** The picture, and what is said over it. */
const STAGE = ".stage, .stage *";

/** What each key does. */
const DO: Readonly<Record<Action, () => unknown>> = {
	select: () => setState({ tool: "select" }),
	hand: () => setState({ tool: "hand" }),
	brush: () => setState({ tool: "brush" }),
	eraser: () => setState({ tool: "eraser" }),
	lasso: () => setState({ tool: "lasso" }),
	smaller: () => stepRadius(-1),
	larger: () => stepRadius(1),
	partsOrPixels: () => setState(({ paintsParts }) => ({ paintsParts: !paintsParts })),
	newLabel: () => setState({ label: "new", selection: [], tool: "brush" }),
	previousSegment: () => selectBeside(-1),
	nextSegment: () => selectBeside(1),
	merge: () => void mergeSelected(),
	split: () => void splitSelected(),
	finer: () => void walkSelected(1),
	coarser: () => void walkSelected(-1),
	lock: () => void toggleLocked(),
	hide: () => void toggleHidden(),
	rename: renameSelected,
	explain: () => void toggleExplanation(),
	selectAll: () => setState({ selection: segmentsOf().map(({ id }) => id) }),
	clear: () => select(undefined, false),
	undo: () => void change("undo"),
	redo: () => void change("redo"),
	lessDetail: () => stepDetail(-1),
	moreDetail: () => stepDetail(1),
	zoomIn: () => moveView({ type: "zoom", factor: 1.25 }),
	zoomOut: () => moveView({ type: "zoom", factor: 0.8 }),
	fit: () => moveView({ type: "fit" }),
	actualSize: () => moveView({ type: "actual-size" }),
	panLeft: () => moveView({ type: "pan", dx: 1, dy: 0 }),
	panRight: () => moveView({ type: "pan", dx: -1, dy: 0 }),
	panUp: () => moveView({ type: "pan", dx: 0, dy: 1 }),
	panDown: () => moveView({ type: "pan", dx: 0, dy: -1 }),
	original: () => setState({ showsOriginal: true }),
	outlines: toggleOutlines,
	wipe: toggleWipe,
	previousPicture: () => showBeside(-1),
	nextPicture: () => showBeside(1),
	open: chooseFiles,
	export: () => setState({ dialog: "export" }),
	keys: () => setState({ dialog: "keys" }),
};

/** Let the name of the first selected segment be typed, in the list. */
function renameSelected(): void {
	setState({ panel: "segments" });
	// The list is drawn first.
	queueMicrotask(() => focusName(document.querySelector(".segment-row.is-selected")));
}

/** Whether a key is for what has the focus, and not for the studio. */
function isTaken(action: Action, target: Element): boolean {
	if (target.matches(FIELDS)) {
		return action !== "export" && action !== "open";
	}
	return action.startsWith("pan") && target.matches(ARROW_USERS);
}

/** Let keys do what the keymap says. */
export function useKeys(): void {
	useEffect(() => {
		/** Tab leads through the page, unless a pointer works on the picture. */
		let worksOnPicture = false;
		const press = ({ target }: PointerEvent): void => {
			worksOnPicture = target instanceof Element && target.matches(STAGE);
		};
		const down = (event: KeyboardEvent): void => {
			const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
			const altGraph = event.getModifierState("AltGraph");
			const action = actionOf({ key, ctrlKey, metaKey, shiftKey, altKey, altGraph });
			const target = event.target instanceof Element ? event.target : document.body;
			if (action === undefined || stateOf().dialog !== undefined || isTaken(action, target)) {
				return;
			}
			worksOnPicture &&= target.matches(STAGE) && !(action === "original" && event.shiftKey);
			if (action === "original" && !worksOnPicture) {
				return;
			}
			event.preventDefault();
			DO[action]();
		};
		const up = ({ key }: KeyboardEvent): void => {
			if (key === "Tab") {
				setState({ showsOriginal: false });
			}
		};
		const away = (): void => {
			setState({ showsOriginal: false });
		};
		const listening = new AbortController();
		const { signal } = listening;
		addEventListener("pointerdown", press, { signal });
		addEventListener("keydown", down, { signal });
		addEventListener("keyup", up, { signal });
		addEventListener("blur", away, { signal });
		return () => listening.abort();
	}, []);
}
