import { type Check, checkedCopy, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkInteger, DinosegError } from "../errors/index.ts";
import { allocateLabels, checkLabelMap, type LabelMap } from "./label-map.ts";

/** A label map under new numbers. */
export interface MapNumbering {
	/** Numbered by falling area, the background last; every id from 0 to count - 1 occurs. */
	readonly labels: LabelMap;
	/** The old id of each new id of a segment. */
	readonly order: Uint16Array;
}

export interface NumberingOptions {
	/**
	 * Write into the memory of the given map where the new numbers fit, so that a large picture's is not held twice.
	 * @default false
	 */
	readonly overwrite?: boolean;
	/** Called between steps; what it throws ends the call. @default none */
	readonly check?: Check | undefined;
}

/** How often each label occurs, and where it does first. */
interface Occurrences {
	readonly areas: Float64Array;
	/** Position of the first element; Infinity if the label does not occur. */
	readonly firsts: Float64Array;
}

/**
 * Number clusters by falling area on the token grid; ties go to the one that comes first in raster order, empty
 * clusters come last in their old order.
 *
 * @param labels   cluster of each token. Shape (N,).
 * @param clusters number of clusters; labels are below it.
 * @returns the new id of each old id: a permutation, shape (clusters,).
 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH
 */
export function numberByArea(labels: Uint16Array, clusters: number): Uint16Array {
	checkInteger("numberByArea", "clusters", clusters, { min: 1, max: 65535 });
	return ranksOf(fallingArea(countOccurrences(noCheck, "numberByArea", labels, clusters)), clusters);
}

/**
 * Number the ids of a map by falling area, ties first in raster order. Ids that do not occur are dropped; the background
 * comes after all segments, whatever its area.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function numberMap(
	labels: LabelMap,
	{ overwrite = false, check = noCheck }: NumberingOptions = {},
): MapNumbering {
	checkLabelMap("numberMap", labels);
	const occurrences = countOccurrences(check, "numberMap", labels.data, labels.count);
	const { background } = labels;
	const order = fallingArea(occurrences).filter((id) => occurrences.areas[id] > 0 && id !== background);
	const ranks = ranksOf(order, labels.count);
	if (background === undefined) {
		return { labels: renumber(check, labels, ranks, order.length, overwrite), order };
	}
	ranks[background] = order.length;
	const numbered = renumber(check, labels, ranks, order.length + 1, overwrite);
	return { labels: { ...numbered, background: order.length }, order };
}

function countOccurrences(check: Check, where: string, labels: Uint8Array | Uint16Array, ids: number): Occurrences {
	const areas = new Float64Array(ids);
	const firsts = new Float64Array(ids).fill(Number.POSITIVE_INFINITY);
	for (const { from, to } of checkedParts(check, labels.length)) {
		for (let i = from; i < to; ) {
			const label = labels[i];
			if (label >= ids) {
				throw new DinosegError(
					"SHAPE_MISMATCH",
					`${where}: labels must be below ${ids}, got ${label} at element ${i}.`,
					{
						details: { expected: ids, actual: label },
					},
				);
			}
			const begin = i;
			do {
				i++;
			} while (i < to && labels[i] === label);
			if (areas[label] === 0) {
				firsts[label] = begin;
			}
			areas[label] += i - begin;
		}
	}
	return { areas, firsts };
}

function fallingArea({ areas, firsts }: Occurrences): Uint16Array {
	// For two labels that do not occur, Infinity - Infinity is no number, so their ids decide.
	return Uint16Array.from(areas.keys()).sort((a, b) => areas[b] - areas[a] || firsts[a] - firsts[b] || a - b);
}

/** The new id of each old id; 0 for ids that `order` leaves out. */
function ranksOf(order: Uint16Array, ids: number): Uint16Array {
	const ranks = new Uint16Array(ids);
	for (let rank = 0; rank < order.length; rank++) {
		ranks[order[rank]] = rank;
	}
	return ranks;
}

/** Whether this is the memory that `allocateLabels` would give. */
function fits(data: LabelMap["data"], count: number): boolean {
	return data instanceof Uint8Array === count <= 256;
}

function renumber(check: Check, map: LabelMap, ranks: Uint16Array, count: number, overwrite: boolean): LabelMap {
	const data = overwrite && fits(map.data, count) ? map.data : allocateLabels(map.data.length, count);
	if (ranks.every((rank, id) => rank === id)) {
		if (data !== map.data) {
			checkedCopy(check, map.data, data);
		}
		return { ...map, data, count };
	}
	for (const { from, to } of checkedParts(check, data.length)) {
		for (let i = from; i < to; i++) {
			data[i] = ranks[map.data[i]];
		}
	}
	return { data, width: map.width, height: map.height, count };
}
