import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Context } from "hono";
import { unknownResource } from "../api/problems.ts";
import type { ServiceEnv } from "../app/services.ts";
import type { MadeFile } from "../work/segmentations.ts";

/** Files up to this size are read at once; larger ones are streamed. */
const WHOLE_BYTES = 2 ** 22;
/** A client that takes nothing of an answer for so long has gone. */
const SILENT_MS = 60_000;

/**
 * How long an answer may be kept: what its address names by all that decides it never changes. `hashed` and `open` say
 * nothing about anybody's images.
 */
const CACHING = {
	forever: "private, max-age=86400, immutable",
	checked: "private, no-cache",
	hashed: "public, max-age=31536000, immutable",
	open: "no-cache",
} as const;
export type Caching = keyof typeof CACHING;

/** What is said of the bytes of an answer. */
export interface Validator {
	/** A strong validator: of `etagOf`. */
	readonly etag: string;
	readonly caching: Caching;
}

/** A strong validator for what is named by all that decides it. */
export function etagOf(...parts: readonly string[]): string {
	return `"${parts.join("-")}"`;
}

/** The answer to a client that has these bytes already; undefined if it has not. Nothing is looked up for it. */
export function answerUnchanged(context: Context, validator: Validator): Response | undefined {
	const given = knownTags(context).map((tag) => tag.replace(/^W\//, ""));
	return given.includes(validator.etag) ? unchanged(context, validator) : undefined;
}

function knownTags(context: Context): readonly string[] {
	// Of other methods it asks for something else.
	const asked = ["GET", "HEAD"].includes(context.req.method) ? context.req.header("if-none-match") : undefined;
	return (asked ?? "").split(",").map((tag) => tag.trim());
}

function unchanged(context: Context, { etag, caching }: Validator): Response {
	return context.body(null, 304, { ETag: etag, "Cache-Control": CACHING[caching] });
}

/**
 * Send a file.
 *
 * @param headers beside those that describe the bytes.
 * @throws DinosegError RESOURCE_UNKNOWN if it has expired meanwhile
 */
export async function sendFile(
	context: Context<ServiceEnv>,
	{ content }: Pick<MadeFile, "content">,
	mediaType: string,
	validator: Validator,
	headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
	const known = answerUnchanged(context, validator);
	// Whatever there is: so it has to be there.
	if (known !== undefined || knownTags(context).includes("*")) {
		return known ?? unchanged(context, validator);
	}
	const all = {
		"Content-Type": mediaType,
		"Content-Length": String(content instanceof Uint8Array ? content.length : content.bytes),
		ETag: validator.etag,
		"Cache-Control": CACHING[validator.caching],
		...headers,
	};
	// The framework answers as for GET and leaves the body away, and nobody would close the file.
	if (context.req.method === "HEAD") {
		return context.body(null, 200, all);
	}
	context.env.outgoing.setTimeout(SILENT_MS);
	if (content instanceof Uint8Array) {
		// Millions of pixels are not copied.
		return context.body(content as Uint8Array<ArrayBuffer>, 200, all);
	}
	const { path, bytes } = content;
	try {
		if (bytes <= WHOLE_BYTES) {
			return context.body(new Uint8Array(await readFile(path)), 200, all);
		}
		const stream = createReadStream(path);
		// Opened before the answer begins, so that a file that has just expired is an error and not half an answer.
		await new Promise((resolve, reject) => stream.once("open", resolve).once("error", reject));
		return context.body(Readable.toWeb(stream) as ReadableStream, 200, all);
	} catch (cause) {
		throw (cause as NodeJS.ErrnoException).code === "ENOENT"
			? unknownResource("file at this address", "Ask for it once more.")
			: cause;
	}
}
