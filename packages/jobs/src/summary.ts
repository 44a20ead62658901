import { createWriteStream } from "node:fs";
import { isAbsolute, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { type TemporaryFiles, writeFileAtomically } from "@dinoseg/node/files";
import type { BadLine, DoneLine } from "./manifest-line.ts";
import type { Storage } from "./storage/storage.ts";

/**
 * Write a table with one row for each item: path, status, what is known of it, and of one in quarantine why.
 *
 * Convention: RFC 4180 in UTF-8, lines end in LF.
 *
 * @param facts names of what the rows tell of items that are done: columns of their own.
 * @param key   of the table in the storage.
 * @throws DinosegError MANIFEST_INVALID, OUTPUT_UNWRITABLE, STORAGE_*
 */
export async function writeSummary(
	{ storage, key }: { readonly storage: Storage; readonly key: string },
	lines: AsyncIterable<DoneLine | BadLine>,
	facts: readonly string[],
	temporaryFiles: TemporaryFiles,
): Promise<void> {
	async function* rows(): AsyncGenerator<string> {
		yield formatRow(["path", "status", ...facts, "code", "message"]);
		for await (const line of lines) {
			const known = facts.map((name) => (line.status === "done" ? (line.facts[name] ?? "") : ""));
			const fault = line.status === "bad" ? [line.code, line.message] : ["", ""];
			yield formatRow([line.path, line.status, ...known, ...fault]);
		}
	}
	if (!isAbsolute(storage.uri)) {
		// What an object is made of has to be in memory: some 60 bytes an item.
		await storage.put(key, await buffer(rows()));
		return;
	}
	const write = (to: string) => pipeline(rows, createWriteStream(to, { flags: "wx" }));
	await writeFileAtomically(join(storage.uri, key), write, temporaryFiles);
}

function formatRow(cells: readonly (string | number)[]): string {
	return `${cells.map((cell) => formatCell(String(cell))).join(",")}\n`;
}

function formatCell(cell: string): string {
	return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
