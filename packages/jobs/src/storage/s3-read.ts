import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { isDinosegError } from "@dinoseg/core/errors";
import type { S3Access } from "./s3-client.ts";
import { sendOptions } from "./s3-upload.ts";
import type { ReadOptions } from "./storage.ts";
import { tooLarge } from "./too-large.ts";

/** Answers that may bring nothing: that break off at once, are damaged, or say that the object was replaced. */
const MOST_FUTILE = 5;

/** An object that is read. */
export interface S3Source {
	readonly bucket: string;
	readonly key: string;
	/** For messages. */
	readonly uri: string;
}

/**
 * Read an object. A body that breaks off is asked for from there on, as long as the object is the same; of one that was
 * replaced in between, the new one is read. One whose checksum is wrong is read again.
 *
 * @throws what the SDK throws; DinosegError INPUT_UNREADABLE above `maxBytes`
 */
export async function readS3(
	{ client }: Pick<S3Access, "client">,
	{ bucket, key, uri }: S3Source,
	{ maxBytes = Number.POSITIVE_INFINITY, signal }: ReadOptions,
): Promise<Uint8Array> {
	let whole: Uint8Array | undefined;
	let etag: string | undefined;
	let at = 0;
	for (let futile = 0; ; ) {
		let answer: GetObjectCommandOutput;
		try {
			const rest = at === 0 ? {} : { Range: `bytes=${at}-`, IfMatch: etag };
			answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...rest }), sendOptions(signal));
		} catch (thrown) {
			if (at > 0 && isReplaced(thrown) && futile < MOST_FUTILE) {
				at = 0;
				futile += 1;
				continue;
			}
			throw thrown;
		}
		const body = answer.Body as Readable;
		// A server that knows no ranges sends the whole.
		const isRest = at > 0 && answer.ContentRange?.startsWith(`bytes ${at}-`) === true;
		if (!isRest) {
			const length = answer.ContentLength;
			if (length !== undefined && length > maxBytes) {
				body.destroy();
				throw tooLarge(uri, length, maxBytes);
			}
			at = 0;
			whole = length === undefined ? undefined : new Uint8Array(length);
			etag = answer.ETag;
		}
		const target = whole;
		const start = at;
		let failure: unknown;
		try {
			if (target === undefined) {
				return await readUnsized(body, uri, maxBytes);
			}
			for await (const chunk of body as AsyncIterable<Uint8Array>) {
				// More than was announced is no part of it.
				const taken = chunk.subarray(0, target.length - at);
				target.set(taken, at);
				at += taken.length;
			}
		} catch (thrown) {
			if (isDinosegError(thrown)) {
				throw thrown;
			}
			failure = thrown;
		}
		if (at === target?.length && failure === undefined) {
			return target;
		}
		if (signal?.aborted) {
			throw failure;
		}
		if (at === target?.length) {
			// All came, and the SDK says that its checksum is another.
			at = 0;
		}
		futile += at > start ? 0 : 1;
		if (futile > MOST_FUTILE) {
			throw Object.assign(new Error("The body breaks off, or is damaged."), {
				name: "IncompleteBody",
				code: "ECONNRESET",
			});
		}
	}
}

/** A body of which nobody said how long it is: behind some proxies. One that breaks off is read anew. */
async function readUnsized(body: AsyncIterable<Uint8Array>, uri: string, maxBytes: number): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of body) {
		bytes += chunk.length;
		if (bytes > maxBytes) {
			throw tooLarge(uri, undefined, maxBytes);
		}
		chunks.push(chunk);
	}
	return new Uint8Array(Buffer.concat(chunks));
}

function isReplaced(thrown: unknown): boolean {
	const { name, $metadata } = thrown as { name?: string; $metadata?: { httpStatusCode?: number } };
	return name === "PreconditionFailed" || name === "InvalidRange" || $metadata?.httpStatusCode === 412;
}
