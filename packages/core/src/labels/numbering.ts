import { type Check, checkedCopy, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkInteger, DinosegError } from "../errors/index.ts";
import { allocateLabels, checkLabelMap, type LabelMap } from "./label-map.ts";

/** Both maps of a segmentation under their final numbers. */
export interface FinalNumbering {
	/** Numbered by falling area; every id from 0 to count - 1 occurs. */
	readonly final: LabelMap;
	/** The map before smoothing. Ids that occur only here follow after those of `final`. */
	readonly raw: LabelMap;
	/** The old id of each new id. Shape (raw.count,). */
	readonly order: Uint16Array;
}

export interface NumberingOptions {
	/**
	 * Write into the memory of the given maps where the new numbers fit, so that a large picture's are not held twice. The
	 * results never share memory with each other. @default false
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
 * Give the maps before and after smoothing one final numbering: by falling area of the final map, ties first in raster
 * order. Ids that vanished from the final map are not counted there; in the raw map they follow by falling area there.
 * Ids that occur in neither map are dropped.
 *
 * @param final the map after smoothing and absorption.
 * @param raw   the map before, of the same size and with the same ids.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function numberFinal(
	final: LabelMap,
	raw: LabelMap,
	{ overwrite = false, check = noCheck }: NumberingOptions = {},
): FinalNumbering {
	checkLabelMap("numberFinal final", final);
	checkLabelMap("numberFinal raw", raw);
	if (final.width !== raw.width || final.height !== raw.height) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`numberFinal: both maps must have the same size, got final ${final.width} x ${final.height} and raw ` +
				`${raw.width} x ${raw.height} (width x height).`,
		);
	}
	const ids = Math.max(final.count, raw.count);
	const inFinal = countOccurrences(check, "numberFinal", final.data, ids);
	const inRaw = countOccurrences(check, "numberFinal", raw.data, ids);
	const kept = fallingArea(inFinal).filter((id) => inFinal.areas[id] > 0);
	const vanished = fallingArea(inRaw).filter((id) => inRaw.areas[id] > 0 && inFinal.areas[id] === 0);
	const order = new Uint16Array(kept.length + vanished.length);
	order.set(kept);
	order.set(vanished, kept.length);
	const ranks = ranksOf(order, ids);
	const isApart = final.data.buffer !== raw.data.buffer;
	return {
		final: renumber(check, final, ranks, kept.length, overwrite && isApart),
		raw: renumber(check, raw, ranks, order.length, overwrite),
		order,
	};
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
