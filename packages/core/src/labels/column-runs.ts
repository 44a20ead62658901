import { type Check, checkedCopy, checkedParts } from "@dinoseg/kernels";
import { DinosegError } from "../errors/index.ts";

/** A map of segments or of connected regions. */
export interface IdMap {
	/** Id of each pixel. Shape (height, width), row-major. */
	readonly data: Uint8Array | Uint16Array | Uint32Array;
	readonly width: number;
	readonly height: number;
	/** Ids are below this. */
	readonly count: number;
	/** Pixels that shares are parts of. @default all */
	readonly total?: number;
}

/**
 * The runs of a map: its longest stretches of one id down the first column, on down the second, and so on.
 *
 * Flat arrays in place of a list for each id, because noise has millions of regions.
 */
export interface ColumnRuns {
	readonly width: number;
	readonly height: number;
	/** Number of ids. */
	readonly count: number;
	/** Position x * height + y at which each run begins, then height * width. Shape (runs + 1,). */
	readonly starts: Uint32Array;
	/** The runs of the first id by position, then those of the second, and so on. Shape (runs,). */
	readonly order: Uint32Array;
	/** Where the runs of each id begin in `order`, then its length. Shape (count + 1,). */
	readonly offsets: Uint32Array;
}

/**
 * Find the runs of a map and sort them by id, in time linear in pixels and ids.
 *
 * @param where name of the calling function, for the message.
 * @param check called between columns.
 * @throws DinosegError OPTION_INVALID if a pixel has an id that is not below count.
 */
export function columnRuns(where: string, { data, width, height, count }: IdMap, check: Check): ColumnRuns {
	let starts = new Uint32Array(height + 1);
	let ids = new Uint32Array(height + 1);
	let runs = 0;
	let current = -1;
	let position = 0;
	for (let x = 0; x < width; x++) {
		if (runs + height >= starts.length) {
			starts = grown(check, starts, runs + height + 1);
			ids = grown(check, ids, runs + height + 1);
		}
		check();
		for (let pixel = x; pixel < data.length; pixel += width) {
			const id = data[pixel];
			if (id !== current) {
				starts[runs] = position;
				ids[runs++] = id;
				current = id;
			}
			position++;
		}
	}
	starts[runs] = height * width;
	const { order, offsets } = sortById(check, where, ids.subarray(0, runs), count);
	return { width, height, count, starts, order, offsets };
}

function grown(check: Check, array: Uint32Array<ArrayBuffer>, atLeast: number): Uint32Array<ArrayBuffer> {
	const larger = new Uint32Array(Math.max(atLeast, array.length * 2));
	checkedCopy(check, array, larger);
	return larger;
}

function sortById(check: Check, where: string, ids: Uint32Array, count: number): Pick<ColumnRuns, "order" | "offsets"> {
	// Counted two places further on: the sums are then where each id begins, and after the sorting where the next does.
	const offsets = new Uint32Array(count + 2);
	for (const { from, to } of checkedParts(check, ids.length)) {
		for (let run = from; run < to; run++) {
			const id = ids[run];
			if (id >= count) {
				throw new DinosegError(
					"OPTION_INVALID",
					`${where}: ids must be below the map's count ${count}, got ${id}. Raise count to the highest id + 1.`,
					{ details: { id, count } },
				);
			}
			offsets[id + 2]++;
		}
	}
	for (const { from, to } of checkedParts(check, count)) {
		for (let id = from + 2; id < to + 2; id++) {
			offsets[id] += offsets[id - 1];
		}
	}
	const order = new Uint32Array(ids.length);
	for (const { from, to } of checkedParts(check, ids.length)) {
		for (let run = from; run < to; run++) {
			order[offsets[ids[run] + 1]++] = run;
		}
	}
	return { order, offsets: offsets.subarray(0, count + 1) };
}
