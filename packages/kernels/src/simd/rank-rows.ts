import type { Pixels } from "../kernels.ts";
import { clampIndex, type DistinctValues } from "../reference/rank-filters.ts";
import type { Workspace } from "./engine.ts";

/** The vectors of a loop may end this far behind a row. */
const OVERHANG = 16;

/** Values that are looked at by their order. Shape (height, width, channels). */
export interface RankPicture<T extends Pixels> {
	readonly source: T;
	/** The values of `source`, at most 256. Undefined for bytes, which are their own ranks. */
	readonly levels: DistinctValues | undefined;
	readonly width: number;
	readonly height: number;
	readonly channels: number;
}

/** A range of columns of a picture, for windows that reach beyond it. */
interface RankStrip<T extends Pixels> extends RankPicture<T> {
	readonly window: number;
	/** First output column. */
	readonly begin: number;
	/** One past the last output column. */
	readonly end: number;
}

/** The rows of a strip, by their clamped index: replicated border, one byte of rank per element. */
interface RankRows {
	/** Elements in a row: those of the output columns and of both borders. */
	readonly length: number;
	/** A row of rank 0. */
	readonly zeros: number;
	/** Where row y lies. Call for rising y; the last `window + 1` rows are kept. */
	at(y: number): number;
}

/** Rows of ranks, copied in and translated one by one as a window moves down. */
export function rankRows<T extends Pixels>(workspace: Workspace, strip: RankStrip<T>): RankRows {
	const { source, levels, width, height, channels, window, begin, end } = strip;
	const { wasm } = workspace;
	const radius = window >> 1;
	const length = (end - begin + 2 * radius) * channels;
	const stride = length + OVERHANG;
	const first = Math.max(0, begin - radius);
	const last = Math.min(width, end + radius);
	const left = (first - begin + radius) * channels;
	const inner = (last - first) * channels;
	const right = length - left - inner;
	const zeros = workspace.reserve(stride);
	workspace.clear(zeros, stride);
	const kept = workspace.reserve((window + 1) * stride);
	const table = levels && workspace.copyIn(rankTable(levels));
	const values = levels && workspace.reserve(inner * source.BYTES_PER_ELEMENT);
	const ranksOf = source instanceof Uint8Array ? wasm.ranksOfBytes : wasm.ranksOfWords;
	let known = -1;

	function copyRow(y: number, row: number): void {
		const start = (y * width + first) * channels;
		const elements = source.subarray(start, start + inner);
		if (table === undefined || values === undefined) {
			workspace.write(row + left, elements);
		} else {
			workspace.write(values, elements);
			ranksOf(values, table, row + left, inner);
		}
		wasm.repeatPixel(row, row + left, channels, left);
		wasm.repeatPixel(row + left + inner, row + left + inner - channels, channels, right);
	}

	return {
		length,
		zeros,
		at(y) {
			const clamped = clampIndex(y, height);
			const row = kept + (clamped % (window + 1)) * stride;
			if (clamped > known) {
				copyRow(clamped, row);
				known = clamped;
			}
			return row;
		},
	};
}

/** Writes rows of ranks, one byte each, as the values that they stand for. */
type RankWriter = (ranks: number, target: Pixels) => void;

/**
 * @param levels undefined for values that are ranks: bytes.
 * @param valueBytes bytes of a value: 1 or 2.
 * @param length of the longest row, elements.
 */
export function rankWriter(
	workspace: Workspace,
	levels: DistinctValues | undefined,
	valueBytes: number,
	length: number,
): RankWriter {
	if (levels === undefined) {
		return (ranks, target) => workspace.read(ranks, target);
	}
	const { wasm } = workspace;
	const table = workspace.copyIn(levels.values);
	const values = workspace.reserve(length * valueBytes);
	const valuesOf = valueBytes === 1 ? wasm.bytesOfRanks : wasm.wordsOfRanks;
	return (ranks, target) => {
		valuesOf(ranks, table, values, target.length);
		workspace.read(values, target);
	};
}

/** Rank of each value up to the largest. */
function rankTable({ values, rankOf }: DistinctValues): Uint8Array {
	return new Uint8Array(rankOf.subarray(0, values[values.length - 1] + 1));
}
