import type { ExportPiece } from "./data-set-writer.ts";

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
