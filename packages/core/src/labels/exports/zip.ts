import { makeZip } from "client-zip";
import { DinosegError } from "../../errors/index.ts";
import type { ExportPiece } from "./data-set-writer.ts";

/** A `ReadableStream<Uint8Array>`; core takes no types from a platform, so this one is the library's. */
export type ZipStream = ReturnType<typeof makeZip>;

/** As local time, which is what a zip keeps: the bytes are the same in every time zone. Noon exists in each. */
const MODIFIED = "2000-01-01T12:00:00";

/** The library writes zip64 where sizes ask for it, not where the number of entries does. */
const MAX_ENTRIES = 65534;

/**
 * A zip of pieces that are whole files, one entry each, in their order, stored without compression: most files of a data
 * set are compressed already. Names are UTF-8; from 4 GiB on it is zip64. The same pieces give the same bytes.
 *
 * A file of several pieces must be put together before: a second piece of a file ends the stream with OPTION_INVALID, and
 * the 65,535th file with EXPORT_UNSUPPORTED.
 */
export function zipPieces(pieces: Iterable<ExportPiece> | AsyncIterable<ExportPiece>): ZipStream {
	return makeZip(entries(pieces));
}

async function* entries(pieces: Iterable<ExportPiece> | AsyncIterable<ExportPiece>) {
	const files = new Set<string>();
	for await (const { file, data } of pieces) {
		if (files.has(file)) {
			throw new DinosegError(
				"OPTION_INVALID",
				`zipPieces: each piece must be a whole file, got a second one of ${file}. Join the pieces of a file first.`,
				{ details: { file } },
			);
		}
		if (files.size === MAX_ENTRIES) {
			throw new DinosegError(
				"EXPORT_UNSUPPORTED",
				`zipPieces: a zip must have at most ${MAX_ENTRIES} files, got more. Write a folder, or fewer images at a time.`,
				{ details: { max: MAX_ENTRIES } },
			);
		}
		files.add(file);
		yield { name: file, input: data, lastModified: MODIFIED };
	}
}

/** The bytes of `zipPieces`, for what fits memory. */
export async function zipFiles(files: Iterable<ExportPiece>): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	// Not every browser can iterate over a stream.
	const reader = zipPieces(files).getReader();
	for (let read = await reader.read(); !read.done; read = await reader.read()) {
		chunks.push(read.value);
	}
	return joinBytes(chunks);
}

/** The bytes of all parts, one after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
	const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		joined.set(part, at);
		at += part.length;
	}
	return joined;
}
