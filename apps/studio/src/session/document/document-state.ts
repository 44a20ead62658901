import { DinosegError } from "@dinoseg/core/errors";
import { type Color, defaultSegmentName, segmentColor } from "@dinoseg/core/labels";
import type { RegionTree } from "@dinoseg/core/regions";
import type { SceneSegment } from "../scene.ts";
import { MOST_IDS, type PartStore } from "./part-store.ts";

/** Superpixels and their tree. */
export interface PartTree {
	/** Superpixel of each pixel. Shape (height, width). */
	readonly superpixels: Uint16Array;
	readonly tree: RegionTree;
}

/** What people said of a segment, and where its id comes from. */
export interface Attributes {
	/** @default that of the id */
	readonly name?: string | undefined;
	/** @default that of the id */
	readonly color?: Color | undefined;
	readonly isLocked: boolean;
	readonly isHidden: boolean;
	/** True if the segment was made by hand: another cut may give its id to something else. */
	readonly isMade: boolean;
}

/** Of segments of which nothing was said. */
export const PLAIN: Attributes = { isLocked: false, isHidden: false, isMade: false };

/** In every document the segment id of what is no segment. */
export const BACKGROUND = MOST_IDS - 1;

/** All that an edit can change. */
export interface DocumentState {
	readonly parts: PartStore;
	/** By id; ids that are not in it are PLAIN. */
	readonly attributes: Map<number, Attributes>;
	/** BACKGROUND, if there are pixels without data. */
	background: number | undefined;
	/** Number of ids that the base has, also where the last ones have no pixels. @default as many as pixels have */
	ids: number;
	/** True if something was done by hand since the last cut. */
	isEdited: boolean;
	/** What its maker says of it: undo and redo bring it back. */
	context: unknown;
	tree: PartTree | undefined;
}

export function isLocked({ attributes }: DocumentState, segment: number): boolean {
	return attributes.get(segment)?.isLocked === true;
}

/** By rising id, those with pixels. */
export function listSegments(state: DocumentState): SceneSegment[] {
	const { pixels } = state.parts;
	const segments: SceneSegment[] = [];
	for (let id = 0; id < MOST_IDS; id++) {
		if (pixels[id] > 0 && id !== state.background) {
			const { name, color, isLocked, isHidden } = state.attributes.get(id) ?? PLAIN;
			segments.push({
				id,
				name: name ?? defaultSegmentName(id),
				color: color ?? segmentColor(id),
				pixels: pixels[id],
				isLocked,
				isHidden,
			});
		}
	}
	return segments;
}

/**
 * Throw unless a segment is there.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkSegment(where: string, state: DocumentState, segment: number): void {
	if (!(state.parts.pixels[segment] > 0) || segment === state.background) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${where}: segment must be the id of a segment with pixels, got ${segment}. Choose one that is in the picture.`,
			{ details: { option: "segment", value: segment } },
		);
	}
}

/**
 * Throw unless the pixels of a segment can be changed.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkEditable(where: string, state: DocumentState, segment: number): void {
	checkSegment(where, state, segment);
	if (isLocked(state, segment)) {
		const name = state.attributes.get(segment)?.name ?? defaultSegmentName(segment);
		throw new DinosegError(
			"OPTION_INVALID",
			`${where}: the segment "${name}" (${segment}) is locked. Unlock it first.`,
			{
				details: { option: "segment", value: segment },
			},
		);
	}
}

/**
 * The lowest ids that no part has, nor had before it was edited by hand.
 *
 * @throws DinosegError LABEL_OUT_OF_RANGE if there are not so many
 */
export function freeIds({ parts, background }: DocumentState, count: number): number[] {
	const isUsed = new Uint8Array(MOST_IDS);
	for (let part = 0; part < parts.count; part++) {
		isUsed[parts.table[part]] = 1;
	}
	for (let part = 0; part < parts.baseCount; part++) {
		isUsed[parts.origins[part]] = 1;
	}
	if (background !== undefined) {
		isUsed[background] = 1;
	}
	return lowestFreeIds(isUsed, count);
}

/**
 * The lowest ids that are not used.
 *
 * @param isUsed 1 of ids that are. Shape (MOST_IDS,).
 * @throws DinosegError LABEL_OUT_OF_RANGE if there are not so many
 */
export function lowestFreeIds(isUsed: Uint8Array, count: number): number[] {
	const free: number[] = [];
	for (let id = 0; id < MOST_IDS && free.length < count; id++) {
		if (isUsed[id] === 0) {
			free.push(id);
		}
	}
	if (free.length < count) {
		throw new DinosegError(
			"LABEL_OUT_OF_RANGE",
			`document: a picture can have ${MOST_IDS} segments, and this makes more. Merge some first.`,
			{ details: { max: MOST_IDS } },
		);
	}
	return free;
}
