/** Every key of the studio. What the keys do is in `app/use-keys.ts`; the page of keys is made from this. */

/** What a key can do. */
export const ACTIONS = [
	"select",
	"hand",
	"brush",
	"eraser",
	"lasso",
	"smaller",
	"larger",
	"partsOrPixels",
	"newLabel",
	"previousSegment",
	"nextSegment",
	"merge",
	"split",
	"finer",
	"coarser",
	"lock",
	"hide",
	"rename",
	"explain",
	"selectAll",
	"clear",
	"undo",
	"redo",
	"lessDetail",
	"moreDetail",
	"zoomIn",
	"zoomOut",
	"fit",
	"actualSize",
	"panLeft",
	"panRight",
	"panUp",
	"panDown",
	"original",
	"outlines",
	"wipe",
	"previousPicture",
	"nextPicture",
	"open",
	"export",
	"keys",
] as const;
export type Action = (typeof ACTIONS)[number];

/** A key, as `KeyboardEvent.key` says it. */
export interface Binding {
	readonly keys: readonly string[];
	/** Ctrl, or Command on a Mac; a capital letter is one with Shift then. @default false */
	readonly ctrl?: boolean;
	readonly group: "Tools" | "Segments" | "View" | "Pictures";
	readonly label: string;
}

export const KEYMAP = {
	select: { keys: ["v"], group: "Tools", label: "Select segments" },
	hand: { keys: ["h"], group: "Tools", label: "Move the picture" },
	brush: { keys: ["b"], group: "Tools", label: "Brush" },
	eraser: { keys: ["e"], group: "Tools", label: "Eraser" },
	lasso: { keys: ["l"], group: "Tools", label: "Lasso" },
	smaller: { keys: ["["], group: "Tools", label: "Smaller brush" },
	larger: { keys: ["]"], group: "Tools", label: "Larger brush" },
	partsOrPixels: { keys: ["p"], group: "Tools", label: "Paint superpixels, or pixels" },
	newLabel: { keys: ["n"], group: "Tools", label: "Paint a new segment" },
	previousSegment: { keys: ["q"], group: "Segments", label: "Select the segment before" },
	nextSegment: { keys: ["w"], group: "Segments", label: "Select the next segment" },
	merge: { keys: ["m"], group: "Segments", label: "Merge the selected segments" },
	split: { keys: ["s"], group: "Segments", label: "Split into connected parts" },
	finer: { keys: ["."], group: "Segments", label: "Selection one step finer (wheel over it)" },
	coarser: { keys: [","], group: "Segments", label: "Selection one step coarser" },
	lock: { keys: ["k"], group: "Segments", label: "Lock or unlock" },
	hide: { keys: ["x"], group: "Segments", label: "Hide or show" },
	rename: { keys: ["F2", "r"], group: "Segments", label: "Rename" },
	explain: { keys: ["i"], group: "Segments", label: "Show what is alike" },
	selectAll: { keys: ["a"], ctrl: true, group: "Segments", label: "Select all" },
	clear: { keys: ["Escape"], group: "Segments", label: "Select nothing" },
	undo: { keys: ["z"], ctrl: true, group: "Segments", label: "Undo" },
	redo: { keys: ["y", "Z"], ctrl: true, group: "Segments", label: "Redo" },
	lessDetail: { keys: ["d"], group: "Segments", label: "Less detail, fewer segments" },
	moreDetail: { keys: ["f"], group: "Segments", label: "More detail, more segments" },
	zoomIn: { keys: ["+", "="], group: "View", label: "Zoom in" },
	zoomOut: { keys: ["-"], group: "View", label: "Zoom out" },
	fit: { keys: ["0"], group: "View", label: "Fit the picture" },
	actualSize: { keys: ["1"], group: "View", label: "One pixel is one pixel" },
	panLeft: { keys: ["ArrowLeft"], group: "View", label: "Move left" },
	panRight: { keys: ["ArrowRight"], group: "View", label: "Move right" },
	panUp: { keys: ["ArrowUp"], group: "View", label: "Move up" },
	panDown: { keys: ["ArrowDown"], group: "View", label: "Move down" },
	original: { keys: ["Tab"], group: "View", label: "Original, while held over the picture" },
	outlines: { keys: ["o"], group: "View", label: "Outlines only, or colours" },
	wipe: { keys: ["c"], group: "View", label: "Compare side by side" },
	previousPicture: { keys: ["PageUp"], group: "Pictures", label: "Picture before" },
	nextPicture: { keys: ["PageDown"], group: "Pictures", label: "Next picture" },
	open: { keys: ["o"], ctrl: true, group: "Pictures", label: "Open pictures" },
	export: { keys: ["s"], ctrl: true, group: "Pictures", label: "Export" },
	keys: { keys: ["?"], group: "Pictures", label: "This page" },
} as const satisfies Readonly<Record<Action, Binding>>;

/** The parts of a `KeyboardEvent` that decide. */
export interface PressedKey {
	readonly key: string;
	readonly ctrlKey: boolean;
	readonly metaKey: boolean;
	readonly shiftKey: boolean;
	readonly altKey: boolean;
	/** Whether AltGr is down, of `getModifierState("AltGraph")`: some systems say Ctrl and Alt then. @default false */
	readonly altGraph?: boolean;
}

/** What a key does; undefined if it does nothing. */
export function actionOf({
	key,
	ctrlKey,
	metaKey,
	shiftKey,
	altKey,
	altGraph = false,
}: PressedKey): Action | undefined {
	const isCtrl = !altGraph && (ctrlKey || metaKey);
	if (altKey && !altGraph) {
		return undefined;
	}
	return ACTIONS.find((action) => {
		const { keys, ctrl = false }: Binding = KEYMAP[action];
		// Caps Lock turns the case of letters around, so with Ctrl it is Shift alone that counts.
		const isKey = ctrl
			? keys.some((wanted) => isSameLetter(wanted, key) && isCapital(wanted) === shiftKey)
			: keys.includes(key) || (key.length === 1 && keys.includes(key.toLowerCase()));
		return isKey && ctrl === isCtrl;
	});
}

function isSameLetter(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

function isCapital(key: string): boolean {
	return key !== key.toLowerCase();
}

/** A key as people read it. */
export function keyName(key: string): string {
	const names: Readonly<Record<string, string>> = {
		ArrowLeft: "←",
		ArrowRight: "→",
		ArrowUp: "↑",
		ArrowDown: "↓",
		Escape: "Esc",
		PageUp: "Page ↑",
		PageDown: "Page ↓",
		Z: "⇧ Z",
	};
	return names[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
