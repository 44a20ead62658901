import { checkInteger, DinosegError } from "../errors/index.ts";
import { checkLabelMap, type LabelMap } from "./label-map.ts";

/** A mask as COCO writes it: run lengths down the columns, zeros first, packed into printable characters. */
export interface CocoRle {
	/** Height and width, pixels. */
	readonly size: readonly [height: number, width: number];
	readonly counts: string;
}

/** Longest text that is built from one call, so that the argument list stays within every engine's limit. */
const TEXT_CHUNK = 8192;

/** Packs the run lengths of one mask as they come. */
interface RunWriter {
	bytes: Uint8Array;
	length: number;
	runs: number;
	/** The last run and the one before it; from the fourth run on the difference to the latter is stored. */
	last: number;
	beforeLast: number;
	/** Pixels that the runs so far cover. */
	covered: number;
}

function createWriter(): RunWriter {
	return { bytes: new Uint8Array(64), length: 0, runs: 0, last: 0, beforeLast: 0, covered: 0 };
}

function writeRun(writer: RunWriter, run: number): void {
	if (writer.length + 7 > writer.bytes.length) {
		const larger = new Uint8Array(writer.bytes.length * 2);
		larger.set(writer.bytes);
		writer.bytes = larger;
	}
	let rest = writer.runs > 2 ? run - writer.beforeLast : run;
	let more = true;
	while (more) {
		let symbol = rest & 0x1f;
		rest >>= 5;
		more = symbol & 0x10 ? rest !== -1 : rest !== 0;
		if (more) {
			symbol |= 0x20;
		}
		writer.bytes[writer.length++] = symbol + 48;
	}
	writer.beforeLast = writer.last;
	writer.last = run;
	writer.runs++;
	writer.covered += run;
}

function finish(writer: RunWriter, labels: LabelMap): CocoRle {
	if (writer.covered < labels.data.length) {
		writeRun(writer, labels.data.length - writer.covered);
	}
	let counts = "";
	for (let begin = 0; begin < writer.length; begin += TEXT_CHUNK) {
		const chunk = writer.bytes.subarray(begin, Math.min(begin + TEXT_CHUNK, writer.length));
		counts += String.fromCharCode(...chunk);
	}
	return { size: [labels.height, labels.width], counts };
}

/**
 * The mask of every segment as COCO run lengths, in one pass over the map.
 *
 * Convention: column-major, so run positions count down the first column, then the second, and so on.
 * Source: COCO API, `maskApi.c`, rleEncode and rleToString.
 *
 * @returns one entry per id from 0 to count - 1; an id that no pixel has gets an empty mask.
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if a pixel has an id that is not below count.
 */
export function encodeAllRles(labels: LabelMap): CocoRle[] {
	checkLabelMap("encodeAllRles", labels);
	const { data, width, height, count } = labels;
	const writers = Array.from({ length: count }, createWriter);
	const endRun = (id: number, begin: number, end: number): void => {
		const writer = writers[id];
		if (writer === undefined) {
			throw new DinosegError(
				"OPTION_INVALID",
				`encodeAllRles: ids must be below the map's count ${count}, got ${id}. Raise count to the highest id + 1.`,
				{ details: { id, count } },
			);
		}
		writeRun(writer, begin - writer.covered);
		writeRun(writer, end - begin);
	};
	let begin = 0;
	let position = 0;
	let current = data[0];
	for (let x = 0; x < width; x++) {
		for (let index = x; index < data.length; index += width) {
			const id = data[index];
			if (id !== current) {
				endRun(current, begin, position);
				begin = position;
				current = id;
			}
			position++;
		}
	}
	if (data.length > 0) {
		endRun(current, begin, height * width);
	}
	return writers.map((writer) => finish(writer, labels));
}

/**
 * The mask of one segment as COCO run lengths. For all segments `encodeAllRles` needs one pass in place of many.
 *
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if the id is not an integer from 0 to count - 1.
 */
export function encodeRle(labels: LabelMap, id: number): CocoRle {
	checkInteger("encodeRle", "id", id, { min: 0, max: labels.count - 1 });
	const data = new Uint8Array(labels.data.length);
	for (let index = 0; index < data.length; index++) {
		data[index] = labels.data[index] === id ? 1 : 0;
	}
	return encodeAllRles({ data, width: labels.width, height: labels.height, count: 2 })[1];
}

/** The run lengths of a COCO mask, zeros first. */
function unpackCounts(counts: string): number[] {
	const runs: number[] = [];
	let position = 0;
	while (position < counts.length) {
		let run = 0;
		let shift = 0;
		let more = true;
		while (more) {
			const symbol = counts.charCodeAt(position++) - 48;
			if (!(symbol >= 0 && symbol < 64) || shift > 30) {
				throw invalidCounts("a character or a run that the format does not have");
			}
			run |= (symbol & 0x1f) << shift;
			shift += 5;
			more = (symbol & 0x20) !== 0;
			if (!more && symbol & 0x10 && shift < 32) {
				run |= -1 << shift;
			}
		}
		runs.push(runs.length > 2 ? run + runs[runs.length - 2] : run);
	}
	return runs;
}

function invalidCounts(problem: string): DinosegError {
	return new DinosegError(
		"OPTION_INVALID",
		`decodeRle: counts must be the compressed run lengths of a COCO mask, got ${problem}. Pass size and counts unchanged.`,
	);
}

/**
 * The mask that COCO run lengths describe.
 *
 * Source: COCO API, `maskApi.c`, rleFrString and rleDecode.
 *
 * @returns shape (height, width), row-major, 1 inside the mask and 0 outside.
 * @throws DinosegError OPTION_INVALID if the runs are malformed or do not cover the picture exactly.
 */
export function decodeRle(rle: CocoRle): Uint8Array {
	const [height, width] = rle.size;
	checkInteger("decodeRle", "height", height, { min: 1, max: 2 ** 24 });
	checkInteger("decodeRle", "width", width, { min: 1, max: 2 ** 24 });
	const runs = unpackCounts(rle.counts);
	const total = runs.reduce((sum, run) => (run < 0 ? Number.NaN : sum + run), 0);
	if (total !== height * width) {
		throw invalidCounts(`runs that do not add up to ${height} x ${width} pixels`);
	}
	const mask = new Uint8Array(total);
	let x = 0;
	let y = 0;
	for (let index = 0; index < runs.length; index++) {
		let rest = runs[index];
		while (rest > 0) {
			const step = Math.min(rest, height - y);
			if (index % 2 === 1) {
				for (let row = y; row < y + step; row++) {
					mask[row * width + x] = 1;
				}
			}
			rest -= step;
			y += step;
			if (y === height) {
				y = 0;
				x++;
			}
		}
	}
	return mask;
}
