import { createReadStream } from "node:fs";
import { appendFile, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ExportPiece } from "@dinoseg/core/labels";

/** Bytes, or characters of text, that wait in memory for being written together. */
const MOST_WAITING = 2 ** 22;

/** The parts of each file, in the order in which the files began. */
type PartsOfFiles = Map<string, Set<number>>;

/**
 * Write the pieces of an export as files, whatever their number and order: only a few megabytes wait in memory.
 *
 * @param folder for the parts; it must exist and be empty.
 * @returns the folder of the complete files within it, and their paths there, in the order in which they began.
 */
export async function spoolPieces(
	pieces: AsyncIterable<ExportPiece>,
	folder: string,
): Promise<{ readonly folder: string; readonly files: readonly string[] }> {
	const waiting = new Map<string, (string | Uint8Array)[]>();
	const partsOf: PartsOfFiles = new Map();
	let size = 0;
	const flush = async () => {
		for (const [path, data] of waiting) {
			await appendFile(path, Buffer.concat(data.map(toBytes)));
		}
		waiting.clear();
		size = 0;
	};
	for await (const { file, part = 0, data } of pieces) {
		const path = partPath(folder, part, file);
		const parts = partsOf.get(file) ?? new Set();
		if (!parts.has(part)) {
			partsOf.set(file, parts.add(part));
			await mkdir(dirname(path), { recursive: true });
		}
		const before = waiting.get(path);
		if (before === undefined) {
			waiting.set(path, [data]);
		} else {
			before.push(data);
		}
		size += data.length;
		if (size > MOST_WAITING) {
			await flush();
		}
	}
	await flush();
	for (const [file, parts] of partsOf) {
		await joinParts(folder, file, parts);
	}
	return { folder: join(folder, "0"), files: [...partsOf.keys()] };
}

function toBytes(data: string | Uint8Array): Uint8Array {
	return typeof data === "string" ? Buffer.from(data) : data;
}

function partPath(folder: string, part: number, file: string): string {
	return join(folder, `${part}`, file);
}

/** Append the later parts to the first. */
async function joinParts(folder: string, file: string, parts: ReadonlySet<number>): Promise<void> {
	const [first, ...later] = [...parts].sort((a, b) => a - b).map((part) => partPath(folder, part, file));
	for (const path of later) {
		for await (const chunk of createReadStream(path)) {
			await appendFile(first, chunk as Uint8Array);
		}
		await rm(path);
	}
}
