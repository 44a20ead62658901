import type { Warning } from "../../events.ts";
import type { ExportImage } from "./export-image.ts";

/**
 * A stretch of a file that is being written.
 *
 * A file consists of its parts in rising order, a part of its pieces in the order in which they came. So what stands at
 * the head of a file may be known only after the last image, and a data set of any size needs the memory of one image.
 */
export interface ExportPiece {
	/** Path of the file within the data set, with forward slashes. */
	readonly file: string;
	/** @default 0 */
	readonly part?: number;
	/** Text is written as UTF-8. */
	readonly data: string | Uint8Array;
}

/** Writes one format, image by image. */
export interface DataSetWriter {
	/**
	 * The pieces that an image adds, to be taken before the next image is added: they may be made as they are taken, because
	 * an image of many regions has more of them than memory.
	 *
	 * @throws DinosegError of the format's limits; the image is then not part of the data set, and others may follow.
	 */
	add(image: ExportImage): Iterable<ExportPiece>;
	/** The pieces that complete the files. Called once, last. */
	end(): readonly ExportPiece[];
	/** Text of a file that people need beside the data set. Called once, after `end`. @default none */
	beside?(): string;
	/** What the format could not hold of the images. Called once, after `end`. @default nothing */
	warnings?(): readonly Warning[];
}

/** Lines that are joined at a time: so few that the collector of garbage never has to move them. */
const BATCH = 64;

/** Characters of a piece: far below the longest text that an engine can hold. */
const PIECE_CHARACTERS = 2 ** 20;

/** Lines as pieces of a part of a file, joined without anything between them. */
export function linePieces(file: string, part: number, lines: Iterable<string>): ExportPiece[] {
	const pieces: ExportPiece[] = [];
	let batch: string[] = [];
	let texts: string[] = [];
	let characters = 0;
	const endBatch = () => {
		const text = batch.join("");
		texts.push(text);
		characters += text.length;
		batch = [];
	};
	const endPiece = () => {
		if (characters > 0) {
			pieces.push({ file, part, data: texts.join("") });
			texts = [];
			characters = 0;
		}
	};
	for (const line of lines) {
		batch.push(line);
		if (batch.length === BATCH) {
			endBatch();
			if (characters >= PIECE_CHARACTERS) {
				endPiece();
			}
		}
	}
	endBatch();
	endPiece();
	return pieces;
}
