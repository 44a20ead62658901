/** What a person does with segments, whatever key, button or menu it is done by. */
import type { Edit } from "../session/edits.ts";
import type { SceneSegment } from "../session/scene.ts";
import { MOST_CLUSTERS } from "./cluster-limit.ts";
import { activePicture, setState, stateOf } from "./store.ts";
import { sayError } from "./toasts.ts";
import { change, changeSettings, newGesture, sessionOf } from "./work.ts";

/**
 * Do an edit.
 *
 * @param gesture edits of one gesture are one step. Default: a step of its own.
 * @returns whether it was done, and its picture is still shown.
 */
export function edit(edit: Edit, gesture = newGesture()): Promise<boolean> {
	return change("edit", edit, gesture);
}

/** The segments of the active picture. */
export function segmentsOf(): readonly SceneSegment[] {
	return activePicture()?.scene?.segments ?? [];
}

/** The selected segments. */
function selectedSegments(): readonly SceneSegment[] {
	const { selection } = stateOf();
	return segmentsOf().filter(({ id }) => selection.includes(id));
}

/** Select a segment. @param adds beside the others, or takes it away from them. */
export function select(segment: number | undefined, adds: boolean): void {
	setState(({ selection, label }) => {
		if (segment === undefined) {
			return adds ? {} : { selection: [], explanation: undefined };
		}
		const isSelected = selection.includes(segment);
		const others = selection.filter((id) => id !== segment);
		const next = adds ? (isSelected ? others : [...others, segment]) : [segment];
		return { selection: next, label: next.includes(segment) ? segment : label, explanation: undefined };
	});
	if (stateOf().view.layerKind === "similarity") {
		void showExplanation();
	}
}

/** Select the segment before or after the selected one. */
export function selectBeside(step: 1 | -1): void {
	const ids = segmentsOf().map(({ id }) => id);
	if (ids.length > 0) {
		const at = ids.indexOf(stateOf().selection.at(-1) ?? -1);
		select(ids[(at + step + ids.length + (at < 0 && step < 0 ? 1 : 0)) % ids.length], false);
	}
}

/** Select the segment that was not there before. */
export function selectNew(before: ReadonlySet<number>): void {
	const made = segmentsOf().find(({ id }) => !before.has(id));
	if (made) {
		setState({ selection: [made.id], label: made.id });
	}
}

/** The first that was selected keeps its id, name and colour. */
export async function mergeSelected(): Promise<void> {
	const { selection } = stateOf();
	if (selection.length > 1) {
		await edit({ type: "merge", segments: selection, into: selection[0] });
	}
}

export async function splitSelected(): Promise<void> {
	const gesture = newGesture();
	for (const segment of stateOf().selection) {
		await edit({ type: "splitParts", segment }, gesture);
	}
}

/** Walk the subtree of what is selected; what it becomes is selected. */
export async function walkSelected(step: 1 | -1): Promise<void> {
	const { selection } = stateOf();
	if (selection.length === 0) {
		return;
	}
	const before = new Set(segmentsOf().map(({ id }) => id));
	if (!(await edit({ type: "walk", segments: selection, step }))) {
		return;
	}
	const after = segmentsOf().map(({ id }) => id);
	setState({
		selection: [...selection.filter((id) => after.includes(id)), ...after.filter((id) => !before.has(id))],
	});
}

/** Lock all that is selected, or unlock it if it is locked. */
export function toggleLocked(): Promise<boolean> {
	const chosen = selectedSegments();
	const isLocked = !chosen.every((segment) => segment.isLocked);
	return edit({ type: "lock", segments: chosen.map(({ id }) => id), isLocked });
}

/** Hide all that is selected, or show it if it is hidden. */
export function toggleHidden(): Promise<boolean> {
	const chosen = selectedSegments();
	const isHidden = !chosen.every((segment) => segment.isHidden);
	return edit({ type: "hide", segments: chosen.map(({ id }) => id), isHidden });
}

/** More or less detail, or one cluster more or less. */
export function stepDetail(step: 1 | -1): void {
	changeSettings((settings) => {
		const { options } = settings;
		if (options.segments === "regions") {
			const detail = Math.max(0, Math.min(100, options.detail + 2 * step));
			return { ...settings, options: { ...options, detail, clusters: "auto" } };
		}
		const used = segmentsOf().length;
		const given = typeof options.clusters === "number" ? options.clusters : used;
		return { ...settings, options: { ...options, clusters: Math.max(1, Math.min(MOST_CLUSTERS, given + step)) } };
	}, newGesture());
}

/** Show how alike everything is to the selected segment, or hide that. */
export async function toggleExplanation(): Promise<void> {
	if (stateOf().explanation) {
		setState({ explanation: undefined });
	} else {
		await showExplanation();
	}
}

/** Show how alike everything is to the selected segment, if there is one. */
export async function showExplanation(): Promise<void> {
	const { selection, activeId } = stateOf();
	const segment = selection.at(-1);
	if (segment === undefined || activeId === undefined) {
		return;
	}
	try {
		const found = await sessionOf().call("explain", [activeId, segment]);
		if (stateOf().activeId === activeId && stateOf().selection.at(-1) === segment) {
			setState({ explanation: found });
		}
	} catch (error) {
		sayError(error);
	}
}
