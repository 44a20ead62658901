import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Context } from "hono";
import type { MadeFile } from "../work/segmentations.ts";

/** Files up to this size are read at once; larger ones are streamed. */
const WHOLE_BYTES = 2 ** 22;
/** What is named by its content never changes. */
const CACHING = "private, max-age=86400, immutable";

/** A strong validator for what is named by all that decides it. */
export function etagOf(...parts: readonly string[]): string {
	return `"${parts.join("-")}"`;
}

/** The answer to a client that has these bytes already; undefined if it has not. Nothing is looked up for it. */
export function answerUnchanged(context: Context, etag: string): Response | undefined {
	const given = knownTags(context).map((tag) => tag.replace(/^W\//, ""));
	return given.includes(etag) ? unchanged(context, etag) : undefined;
}

function knownTags(context: Context): readonly string[] {
	return (context.req.header("if-none-match") ?? "").split(",").map((tag) => tag.trim());
}

function unchanged(context: Context, etag: string): Response {
	return context.body(null, 304, { ETag: etag, "Cache-Control": CACHING });
}

/** Send a file. @param headers beside those that describe the bytes. */
export async function sendFile(
	context: Context,
	{ content }: Pick<MadeFile, "content">,
	mediaType: string,
	etag: string,
	headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
	// Whatever there is: so it has to be there.
	if (knownTags(context).includes("*")) {
		return unchanged(context, etag);
	}
	const all = {
		"Content-Type": mediaType,
		"Content-Length": String(content instanceof Uint8Array ? content.length : content.bytes),
		ETag: etag,
		"Cache-Control": CACHING,
		...headers,
	};
	if (content instanceof Uint8Array) {
		return context.body(new Uint8Array(content), 200, all);
	}
	const { path, bytes } = content;
	if (bytes <= WHOLE_BYTES) {
		return context.body(new Uint8Array(await readFile(path)), 200, all);
	}
	const stream = createReadStream(path);
	// Opened before the answer begins, so that a file that has just expired is an error and not half an answer.
	await new Promise((resolve, reject) => stream.once("open", resolve).once("error", reject));
	return context.body(Readable.toWeb(stream) as ReadableStream, 200, all);
}
