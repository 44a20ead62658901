import { DinosegError, optionName } from "@dinoseg/core/errors";

/** Size in bytes and sha256 of a file that was written. */
export type SealedFile = readonly [size: number, sha256: string];

/** An item with a complete output. */
export interface DoneLine {
	readonly status: "done";
	/** The number, 0 or more, by which the next run sees whether the output is there: the size of a file for instance. */
	readonly mark: number;
	/** As `BatchItem.path`. */
	readonly path: string;
	readonly files: Readonly<Record<string, SealedFile>>;
	/** What the summary says of it. */
	readonly facts: Readonly<Record<string, string | number>>;
}

/** An item in quarantine: to try it again would change nothing. */
export interface BadLine {
	readonly path: string;
	readonly status: "bad";
	readonly code: string;
	readonly message: string;
}

/** An item that has no output yet, though it was tried: the next run tries it again. Only in manifests of chunks. */
export interface OpenLine {
	readonly path: string;
	readonly status: "open";
	readonly code: string;
	readonly message: string;
}

/** Everything that belongs to the shard, or to the chunk, was looked at. */
export interface EndLine {
	readonly status: "end";
	readonly done: number;
	readonly bad: number;
}

/** The first line: what the items are made by. */
export interface RunLine {
	readonly status: "run";
	/** As `RunFile.id`. */
	readonly run: string;
}

export type ManifestLine = RunLine | DoneLine | BadLine | OpenLine | EndLine;

/**
 * Read a line of a manifest.
 *
 * @param where file and number of the line, for the message.
 * @throws DinosegError MANIFEST_INVALID
 */
export function parseManifestLine(text: string, where: string): ManifestLine {
	const line = parseJson(text);
	if (!isManifestLine(line)) {
		throw manifestInvalid(where, `is no line of a manifest: ${text.slice(0, 80)}`);
	}
	return line;
}

/** What lines of items begin with that are done, and what stands between the mark and the path. */
const [DONE, PATH] = ['{"status":"done","mark":', ',"path":"'].map((text) => new TextEncoder().encode(text));
const [ZERO, NINE, QUOTE, BACKSLASH] = [0x30, 0x39, 0x22, 0x5c];
const MOST_DIGITS = 15;

/**
 * What has to be known of the line of an item that is done to go on: of a hundred thousand of them the rest is not parsed.
 *
 * @param line UTF-8.
 * @returns the path as UTF-8; nothing for any other line, and where the path has escapes.
 */
export function peekDone(line: Uint8Array): { readonly mark: number; readonly path: Uint8Array } | undefined {
	if (!hasAt(line, 0, DONE)) {
		return undefined;
	}
	let at = DONE.length;
	let mark = 0;
	for (; line[at] >= ZERO && line[at] <= NINE; at++) {
		mark = 10 * mark + line[at] - ZERO;
	}
	if (at === DONE.length || at > DONE.length + MOST_DIGITS || !hasAt(line, at, PATH)) {
		return undefined;
	}
	const start = at + PATH.length;
	let end = start;
	while (end < line.length && line[end] !== QUOTE) {
		if (line[end] === BACKSLASH) {
			return undefined;
		}
		end++;
	}
	return end === line.length ? undefined : { mark, path: line.subarray(start, end) };
}

function hasAt(line: Uint8Array, at: number, text: Uint8Array): boolean {
	return text.every((byte, index) => line[at + index] === byte);
}

/** @returns null for a text that is no JSON. */
function parseJson(text: string): ManifestLine | null {
	try {
		return JSON.parse(text) as ManifestLine;
	} catch {
		return null;
	}
}

function isManifestLine(line: ManifestLine | null): line is ManifestLine {
	switch (line?.status) {
		case "run":
			return typeof line.run === "string";
		case "done":
			return (
				typeof line.path === "string" &&
				Number.isSafeInteger(line.mark) &&
				line.mark >= 0 &&
				isRecord(line.facts) &&
				isRecord(line.files) &&
				areSealed(line.files)
			);
		case "bad":
		case "open":
			return [line.path, line.code, line.message].every((text) => typeof text === "string");
		case "end":
			return Number.isSafeInteger(line.done) && Number.isSafeInteger(line.bad);
		default:
			return false;
	}
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function areSealed(files: Readonly<Record<string, SealedFile>>): boolean {
	for (const name in files) {
		const file: unknown = files[name];
		if (!Array.isArray(file) || !Number.isSafeInteger(file[0]) || typeof file[1] !== "string") {
			return false;
		}
	}
	return true;
}

/** The error for a file of a batch that dinoseg did not write so. */
export function manifestInvalid(where: string, what: string, cause?: unknown): DinosegError {
	return new DinosegError(
		"MANIFEST_INVALID",
		`${where}: ${what}. Choose another output folder, or begin anew with ${optionName("force")}.`,
		{ details: { where }, cause },
	);
}
