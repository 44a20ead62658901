import querystring from "node:querystring";
import { DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { throwIfAborted } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import { checkKey } from "./check-key.ts";
import { openS3, type S3Environment } from "./s3-client.ts";
import { isDenied, isNoObject, s3Fault, unreadable } from "./s3-fault.ts";
import { readS3 } from "./s3-read.ts";
import { uploadS3 } from "./s3-upload.ts";
import { parseS3Uri } from "./s3-uri.ts";
import type { Storage, StoredObject } from "./storage.ts";

/** Objects that are removed by one request, at most. */
const REMOVED_AT_ONCE = 1000;
/** Bytes of UTF-8: S3 takes no longer key. */
const LONGEST_KEY = 1024;

/**
 * A prefix of a bucket as a storage: S3, or what speaks its protocol.
 *
 * The SHA-256 of what is put is part of the signature of the request, and a CRC-32 goes with it, so that a server refuses
 * what was damaged on the way.
 *
 * @param uri `s3://bucket/prefix`, with a slash at its end or without.
 * @throws DinosegError OPTION_INVALID for another address, STORAGE_REFUSED for an endpoint that is none
 */
export async function s3Storage(uri: string, env: S3Environment = {}): Promise<Storage> {
	const { bucket, key: prefix } = parseS3Uri(uri);
	const folder = prefix.replace(/\/+$/, "");
	const root = folder === "" ? `s3://${bucket}` : `s3://${bucket}/${folder}`;
	const base = folder === "" ? "" : `${folder}/`;
	const access = await openS3(env);
	const { client, server } = access;
	/** Whether the server has said that the bucket exists. */
	let isBucketKnown = false;

	const keyOf = (key: string): string => {
		checkKey(key);
		if (Buffer.byteLength(base + key) > LONGEST_KEY) {
			throw new DinosegError(
				"OPTION_INVALID",
				`${root}/${key}: the name of an object has at most ${LONGEST_KEY} bytes, this one ${Buffer.byteLength(base + key)}. Shorten it.`,
			);
		}
		return base + key;
	};
	const asking = async <T>(key: string, action: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
		throwIfAborted(signal);
		try {
			const answer = await action();
			isBucketKnown = true;
			return answer;
		} catch (thrown) {
			throwIfAborted(signal);
			throw s3Fault({ uri: `${root}/${key}`, bucket, server }, thrown);
		}
	};
	/** @returns nothing where there is no object. */
	const orNone = async <T>(action: () => Promise<T>): Promise<T | undefined> => {
		try {
			return await action();
		} catch (thrown) {
			if (isNoObject(thrown)) {
				return undefined;
			}
			throw thrown;
		}
	};
	/** The answer to HEAD does not say what was wrong, for it has no body, and not always the size. That to the first byte does. */
	const sizeOf = async (Key: string): Promise<number | undefined> => {
		try {
			const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
			if (ContentLength !== undefined) {
				return ContentLength;
			}
		} catch (thrown) {
			const status = (thrown as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
			if (status === undefined || status >= 500 || (isBucketKnown && isNoObject(thrown))) {
				throw thrown;
			}
		}
		const { Body, ContentRange, ContentLength } = await client.send(
			new GetObjectCommand({ Bucket: bucket, Key, Range: "bytes=0-0" }),
		);
		(Body as { destroy?(): void } | undefined)?.destroy?.();
		return Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1] ?? ContentLength ?? 0);
	};

	/** An object that was read before. */
	let readable: string | undefined;
	const canStillRead = async (): Promise<boolean> => {
		if (readable === undefined) {
			return false;
		}
		const head = new HeadObjectCommand({ Bucket: bucket, Key: base + readable });
		return client.send(head).then(
			() => true,
			() => false,
		);
	};

	return {
		uri: root,
		async get(key, options = {}) {
			const source = { bucket, key: keyOf(key), uri: `${root}/${key}` };
			try {
				const bytes = await asking(key, () => orNone(() => readS3(access, source, options)), options.signal);
				readable = bytes === undefined ? readable : key;
				return bytes;
			} catch (error) {
				if (isDenied(error) && (await canStillRead())) {
					throw unreadable(
						source.uri,
						"access to this object is denied, unlike to others",
						"Change its rights, or leave it out.",
					);
				}
				throw error;
			}
		},
		async size(key) {
			const own = keyOf(key);
			return asking(key, () => orNone(() => sizeOf(own)));
		},
		async put(key, content, signal) {
			const place = { Bucket: bucket, Key: keyOf(key) };
			await asking(key, () => uploadS3(client, place, content, signal), signal);
		},
		async *list(keyPrefix) {
			let ContinuationToken: string | undefined;
			do {
				const page = await asking(keyPrefix, () =>
					client.send(
						new ListObjectsV2Command({
							Bucket: bucket,
							Prefix: base + keyPrefix,
							ContinuationToken,
							// Names may hold what XML cannot.
							EncodingType: "url",
						}),
					),
				);
				const plain = (name: string) => (page.EncodingType === "url" ? decodeUrl(name) : name);
				const objects = (page.Contents ?? []).map(
					({ Key = "", Size = 0 }): StoredObject => ({ key: plain(Key).slice(base.length), size: Size }),
				);
				if (objects.length > 0) {
					yield objects;
				}
				ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
			} while (ContinuationToken !== undefined);
		},
		async remove(keys) {
			const own = keys.map(keyOf);
			for (let from = 0; from < own.length; from += REMOVED_AT_ONCE) {
				const Objects = own.slice(from, from + REMOVED_AT_ONCE).map((Key) => ({ Key }));
				const { Errors = [] } = await asking(keys[from], () =>
					client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } })),
				);
				const [error] = Errors.filter(({ Code }) => Code !== "NoSuchKey");
				if (error !== undefined) {
					const status = /^(Internal|Slow|Service)/.test(error.Code ?? "") ? 503 : 403;
					const thrown = { name: error.Code, $metadata: { httpStatusCode: status } };
					throw s3Fault({ uri: `s3://${bucket}/${error.Key}`, bucket, server }, thrown);
				}
			}
		},
		async [Symbol.asyncDispose]() {
			client.destroy();
		},
	};
}

/** As forms are encoded: a plus is a space. What is no UTF-8 becomes U+FFFD, and that object cannot be read. */
function decodeUrl(name: string): string {
	return querystring.unescape(name.replaceAll("+", " "));
}
