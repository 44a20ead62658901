import { DinosegError } from "@dinoseg/core/errors";
import type { Color } from "@dinoseg/core/labels";
import type { Edit } from "../edits.ts";
import { type Attributes, checkSegment, PLAIN } from "./document-state.ts";
import { lassoSpans } from "./lasso-spans.ts";
import { countParts, goalOfPaint, PixelPainter, paintParts } from "./paint.ts";
import { splitConnected } from "./split-parts.ts";
import { targetOf } from "./stroke.ts";
import { mergeSegments } from "./table-edits.ts";
import type { Transaction } from "./transaction.ts";
import { walkSegments } from "./walk-segments.ts";

/** Characters of the longest name, as in tables of names. */
const LONGEST_NAME = 200;

/** An edit in a few words, for undo and redo. */
export function labelOfEdit(edit: Edit): string {
	switch (edit.type) {
		case "merge":
			return "Merge";
		case "splitParts":
			return "Split into parts";
		case "walk":
			return edit.step === 1 ? "Finer" : "Coarser";
		case "lasso":
			return "Lasso";
		case "rename":
			return "Rename";
		case "recolor":
			return "Change colour";
		case "lock":
			return edit.isLocked ? "Lock" : "Unlock";
		case "hide":
			return edit.isHidden ? "Hide" : "Show";
	}
}

/**
 * Do an edit.
 *
 * @returns whether it changed anything; if not, the transaction has to be taken back.
 * @throws DinosegError OPTION_INVALID for a segment that is not there, or is locked, and for other wrong values;
 *   LABEL_OUT_OF_RANGE for too many parts or segments
 */
export function performEdit(transaction: Transaction, edit: Edit): boolean {
	switch (edit.type) {
		case "merge":
			return byHand(transaction, mergeSegments(transaction, edit.segments, edit.into));
		case "splitParts":
			return byHand(transaction, splitConnected(transaction, edit.segment));
		case "walk":
			return byHand(transaction, walkSegments(transaction, edit.segments, edit.step));
		case "lasso":
			return byHand(transaction, fillLasso(transaction, edit));
		case "rename":
			return describe(transaction, [edit.segment], { name: checkedName(edit.name) });
		case "recolor":
			return describe(transaction, [edit.segment], { color: checkedColor(edit.color) });
		case "lock":
			return describe(transaction, edit.segments, { isLocked: edit.isLocked });
		case "hide":
			return describe(transaction, edit.segments, { isHidden: edit.isHidden });
	}
}

function byHand({ state }: Transaction, isChanged: boolean): boolean {
	state.isEdited ||= isChanged;
	return isChanged;
}

function fillLasso(transaction: Transaction, { polygon, by, into }: Extract<Edit, { type: "lasso" }>): boolean {
	const { state } = transaction;
	const { areas, width, height } = state.parts;
	const spans = lassoSpans(polygon, width, height);
	const goal = goalOfPaint(state, targetOf(transaction, into));
	if (by === "pixels") {
		return new PixelPainter(transaction, goal).paint(spans);
	}
	const inside = [...countParts(state, spans)].filter(([part, pixels]) => 2 * pixels > areas[part]);
	return paintParts(
		state,
		inside.map(([part]) => part),
		goal,
	);
}

function describe(transaction: Transaction, segments: readonly number[], change: Partial<Attributes>): boolean {
	const { state } = transaction;
	for (const segment of segments) {
		checkSegment("edit", state, segment);
	}
	const others = segments.filter((segment) => {
		const known = state.attributes.get(segment) ?? PLAIN;
		return Object.entries(change).some(
			([key, value]) => JSON.stringify(known[key as keyof Attributes]) !== JSON.stringify(value),
		);
	});
	for (const segment of others) {
		transaction.describe(segment, change);
	}
	return others.length > 0;
}

function checkedName(given: string): string {
	const name = given.trim();
	if (name.length === 0 || name.length > LONGEST_NAME || /\p{Cc}/u.test(name)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`rename: name must have 1 to ${LONGEST_NAME} characters and no line break, got ${JSON.stringify(given.slice(0, LONGEST_NAME))}.`,
			{ details: { option: "name", value: given } },
		);
	}
	return name;
}

function checkedColor(color: Color): Color {
	if (color.length !== 3 || !color.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)) {
		throw new DinosegError("OPTION_INVALID", `recolor: color must be three integers from 0 to 255, got ${color}.`, {
			details: { option: "color", value: String(color) },
		});
	}
	return [...color];
}
