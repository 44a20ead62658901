import { throwIfAborted } from "../abort.ts";
import { DinosegError } from "../errors/index.ts";
import { type BlobHash, createBlobHash } from "./blob-hash.ts";
import type { HubContext } from "./context.ts";
import { PassingFailure } from "./failures.ts";
import { excerpt, isMarkup, pageInstead } from "./hub-answer.ts";
import type { PartFile } from "./part-file.ts";
import type { RepoFile } from "./repo-files.ts";
import { type HubResponse, request } from "./request.ts";
import { withRetries } from "./retry.ts";
import type { HubSubject } from "./status-failures.ts";

export interface BlobDownload {
	readonly url: string;
	readonly file: RepoFile;
	readonly subject: HubSubject;
	/** Nobody else writes to it; it may hold bytes of an earlier run. */
	readonly part: PartFile;
	/** Told the bytes in the part. */
	readonly onBytes: (bytes: number) => void;
}

/** A connection that brought this many bytes was no failure to count. */
const PROGRESS_BYTES = 2 ** 16;
/** Starts from the first byte at most, after what was there turned out wrong. */
const MAX_RESTARTS = 2;
/** Bytes of a wrong file that are looked at to tell a page. */
const START_BYTES = 512;
/** Bytes of a part that are hashed at a time. */
const READ_BYTES = 2 ** 20;

/** One part on its way to be a blob. */
interface Transfer extends BlobDownload {
	hash: BlobHash;
	/** Bytes in the part, all of them in the hash. */
	offset: number;
	/** The most that `offset` has been. */
	highest: number;
	/** True if bytes in the part came from another run or another answer than the present one. */
	mixed: boolean;
	restarts: number;
	/** Strong validator of the answer that the bytes came from. */
	validator: string | undefined;
}

/**
 * Complete a part, verify it, and have it on the disk.
 *
 * Bytes that are there are hashed, not fetched again. A part that turns out wrong is fetched once more from the first
 * byte, for it may have been damaged; a whole that turns out wrong is an error, and the part empty.
 *
 * @throws DinosegError HUB_HASH_MISMATCH, HUB_SIZE_MISMATCH, CACHE_NO_SPACE, CACHE_UNWRITABLE, ABORTED, HUB_*
 */
export async function downloadBlob(context: HubContext, download: BlobDownload): Promise<void> {
	const transfer = await beginTransfer(context, download);
	do {
		await fetchRest(context, transfer);
	} while (!(await isVerified(context, transfer)));
	await transfer.part.flush();
}

async function beginTransfer(context: HubContext, download: BlobDownload): Promise<Transfer> {
	const { file, part } = download;
	const transfer: Transfer = {
		...download,
		hash: createBlobHash(context.createHash, file.hash, file.bytes),
		offset: 0,
		highest: 0,
		mixed: false,
		restarts: 0,
		validator: undefined,
	};
	const size = await part.size();
	if (size > file.bytes) {
		await part.empty();
	} else if (size > 0) {
		transfer.offset = await hashPart(context, part, transfer.hash);
		transfer.highest = transfer.offset;
		transfer.mixed = true;
	}
	download.onBytes(transfer.offset);
	return transfer;
}

/** @returns how many bytes there were. */
async function hashPart(context: HubContext, part: PartFile, hash: BlobHash): Promise<number> {
	const buffer = new Uint8Array(READ_BYTES);
	let at = 0;
	for (;;) {
		throwIfAborted(context.signal);
		const read = await part.read(buffer, at);
		if (read === 0) {
			return at;
		}
		hash.update(buffer.subarray(0, read));
		at += read;
	}
}

async function fetchRest(context: HubContext, transfer: Transfer): Promise<void> {
	let before = transfer.highest;
	while (transfer.offset < transfer.file.bytes) {
		await withRetries(
			context,
			async () => {
				before = transfer.highest;
				await fetchOnce(context, transfer);
			},
			() => transfer.highest - before >= PROGRESS_BYTES,
		);
	}
}

async function fetchOnce(context: HubContext, transfer: Transfer): Promise<void> {
	const { file, offset, validator } = transfer;
	const range: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
	if (offset > 0 && validator !== undefined) {
		range["if-range"] = validator;
	}
	const response = await request(context, transfer.url, {
		subject: transfer.subject,
		headers: range,
		accept: offset > 0 ? [416] : [],
	});
	try {
		if (response.status === 416) {
			await restart(context, transfer);
			return;
		}
		await checkAnswer(context, transfer, response);
		const tag = response.headers.get("ETag");
		transfer.validator = tag?.startsWith('"') ? tag : undefined;
		for await (const chunk of response.chunks()) {
			await append(context, transfer, chunk);
		}
	} finally {
		response.cancel();
	}
	if (transfer.offset < file.bytes) {
		throw new PassingFailure(
			new DinosegError(
				"HUB_UNREACHABLE",
				`${file.name}: the connection ended after ${transfer.offset} of ${file.bytes} bytes. Check the network; the ` +
					"next try goes on from there.",
				{ details: { ...transfer.subject, received: transfer.offset, expected: file.bytes } },
			),
		);
	}
}

/** Fit the part to what the server is about to send. */
async function checkAnswer(context: HubContext, transfer: Transfer, response: HubResponse): Promise<void> {
	const { file } = transfer;
	const type = response.headers.get("Content-Type") ?? "";
	if (/^\s*(text\/html|application\/xhtml)/i.test(type)) {
		throw pageInstead(context, response.url, `a web page (${excerpt(type)})`, file.name);
	}
	if (response.status === 206) {
		const range = response.headers.get("Content-Range");
		const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range ?? "") ?? [];
		const isRight = Number(start) === transfer.offset && (total === "*" || Number(total) === file.bytes);
		// A browser may hide it of another host's answer: the hash tells whether the range was the right one.
		if (range === null || isRight) {
			transfer.mixed = true;
			return;
		}
		response.cancel();
		await restart(context, transfer);
		throw new PassingFailure(sizeMismatch(transfer, Number(total)));
	}
	const length = response.headers.get("Content-Length");
	if (length !== null && response.headers.get("Content-Encoding") === null && Number(length) !== file.bytes) {
		throw sizeMismatch(transfer, Number(length));
	}
	// The whole file, asked for or not: a server may ignore a range, and must if the file changed.
	await empty(context, transfer);
}

async function append(context: HubContext, transfer: Transfer, chunk: Uint8Array): Promise<void> {
	const { file, part } = transfer;
	if (transfer.offset + chunk.length > file.bytes) {
		await empty(context, transfer);
		throw sizeMismatch(transfer, transfer.offset + chunk.length);
	}
	await part.write(chunk, transfer.offset);
	transfer.hash.update(chunk);
	transfer.offset += chunk.length;
	transfer.highest = Math.max(transfer.highest, transfer.offset);
	transfer.onBytes(transfer.offset);
}

async function isVerified(context: HubContext, transfer: Transfer): Promise<boolean> {
	const { file, part, subject } = transfer;
	const actual = transfer.hash.digest("hex");
	if (actual === file.hash) {
		return true;
	}
	if (transfer.mixed && transfer.restarts === 0) {
		const reason = `${file.name}: the part from before does not fit the file; it is downloaded anew.`;
		context.onEvent({ type: "retry", attempt: 1, delayMs: 0, reason });
		await restart(context, transfer);
		return false;
	}
	const buffer = new Uint8Array(Math.min(START_BYTES, file.bytes));
	await part.read(buffer, 0);
	await part.empty();
	const start = new TextDecoder().decode(buffer);
	if (isMarkup(start)) {
		throw pageInstead(context, transfer.url, `a web page (${excerpt(start)})`, file.name);
	}
	throw new DinosegError(
		"HUB_HASH_MISMATCH",
		`${subject.repo}: ${file.name} arrived with hash ${actual}, the hub lists ${file.hash}. It was removed. Try again; ` +
			"if it stays so, a proxy or mirror in between alters files.",
		{ details: { ...subject, expected: file.hash, actual } },
	);
}

/** Begin again because of what came before; not for ever. */
async function restart(context: HubContext, transfer: Transfer): Promise<void> {
	transfer.restarts++;
	if (transfer.restarts > MAX_RESTARTS) {
		throw sizeMismatch(transfer, transfer.offset);
	}
	await empty(context, transfer);
}

async function empty(context: HubContext, transfer: Transfer): Promise<void> {
	await transfer.part.empty();
	transfer.hash = createBlobHash(context.createHash, transfer.file.hash, transfer.file.bytes);
	transfer.offset = 0;
	transfer.mixed = false;
	transfer.validator = undefined;
	transfer.onBytes(0);
}

function sizeMismatch(transfer: Transfer, actual: number): DinosegError {
	const { file, subject } = transfer;
	return new DinosegError(
		"HUB_SIZE_MISMATCH",
		`${subject.repo}: ${file.name} must have ${file.bytes} bytes, the server has ${
			Number.isFinite(actual) ? actual : "another number"
		}. Try again; if it stays so, a proxy or mirror in between alters files.`,
		{ details: { ...subject, expected: file.bytes, ...(Number.isFinite(actual) ? { actual } : {}) } },
	);
}
