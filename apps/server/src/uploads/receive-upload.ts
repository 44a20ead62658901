import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DinosegError, isDinosegError } from "@dinoseg/core/errors";
import { type TemporaryFiles, unwritable } from "@dinoseg/node/files";
import { Busboy, type BusboyFileStream } from "@fastify/busboy";
import type { HttpBindings } from "@hono/node-server";
import { invalidRequest } from "../api/problems.ts";
import { type Deadline, startDeadline } from "../deadline.ts";
import { askForBody } from "./ask-for-body.ts";

export interface UploadLimits {
	/** Bytes of an image. */
	readonly maxBytes: number;
	/** Until the whole body is there, milliseconds. */
	readonly uploadMs: number;
}

export interface UploadContext {
	/** Where bodies are written while they arrive. */
	readonly folder: string;
	readonly temporaryFiles: TemporaryFiles;
	readonly limits: UploadLimits;
}

/** An image as it arrived, not yet looked at. */
export interface Upload extends AsyncDisposable {
	/** A temporary file, removed with the upload unless it was moved. */
	readonly path: string;
	/** sha256 of its bytes, hex. */
	readonly sha256: string;
	readonly bytes: number;
	/** Name of the file, as the client calls it, without folders. @default it has none */
	readonly fileName: string | undefined;
	/** Texts beside the image. */
	readonly fields: Readonly<Record<string, string>>;
}

/** Name of the part that holds the image. */
const PART = "image";
/** Of everything in a body that is no image. */
const FIELD_LIMITS = { fieldNameSize: 100, fieldSize: 65_536, fields: 64, headerPairs: 20, headerSize: 8192 };
/** Bytes of a body beside its image. */
const OVERHEAD_BYTES = 2 ** 20;

/**
 * Receive an image: the part `image` of multipart/form-data, or a body that is nothing else.
 *
 * It is written to the disk and hashed as it comes; nothing of it is kept in memory, and nothing is left behind on failure.
 *
 * @param client fires when the client has gone.
 * @throws DinosegError REQUEST_INVALID, MEDIA_TYPE_UNSUPPORTED, UPLOAD_TOO_LARGE, UPLOAD_TIMEOUT, ABORTED, INPUT_EMPTY,
 *   OUTPUT_UNWRITABLE
 */
export async function receiveUpload(
	{ incoming: body, outgoing }: HttpBindings,
	client: AbortSignal,
	{ folder, temporaryFiles, limits }: UploadContext,
): Promise<Upload> {
	const type = (body.headers["content-type"] ?? "").trim();
	const isForm = /^multipart\/form-data\s*(;|$)/i.test(type);
	// The last one is what curl says of a body unless it is told.
	if (!isForm && !/^(image\/[\w.+-]+|application\/(octet-stream|x-www-form-urlencoded))\s*(;|$)/i.test(type)) {
		throw new DinosegError(
			"MEDIA_TYPE_UNSUPPORTED",
			`Content-Type must be multipart/form-data with a part "${PART}", image/… or application/octet-stream, got ${JSON.stringify(type)}.`,
			{ details: { contentType: type } },
		);
	}
	const announced = Number(body.headers["content-length"] ?? 0);
	if (announced > limits.maxBytes + (isForm ? OVERHEAD_BYTES : 0)) {
		throw tooLarge(limits.maxBytes);
	}
	askForBody({ incoming: body, outgoing });
	const path = temporaryFiles.reserve(join(folder, "upload"));
	const deadline = startDeadline(limits.uploadMs, client);
	const { signal } = deadline;
	try {
		const received = isForm
			? await receiveForm(body, type, path, limits.maxBytes, signal)
			: { ...(await writeImage(body, path, limits.maxBytes, signal)), fileName: undefined, fields: {} };
		if (received.bytes === 0) {
			throw emptyUpload();
		}
		return {
			...received,
			path,
			async [Symbol.asyncDispose]() {
				await rm(path, { force: true }).catch(() => undefined);
				temporaryFiles.release(path);
			},
		};
	} catch (cause) {
		await rm(path, { force: true }).catch(() => undefined);
		temporaryFiles.release(path);
		throw failure(cause, deadline, client, limits);
	} finally {
		deadline.clear();
	}
}

interface WrittenImage {
	readonly sha256: string;
	readonly bytes: number;
}

/** Write the image to a file, and hash it on the way. */
async function writeImage(
	source: Readable,
	path: string,
	maxBytes: number,
	signal: AbortSignal,
): Promise<WrittenImage> {
	const hash = createHash("sha256");
	let bytes = 0;
	const measure = new Transform({
		transform(chunk: Uint8Array, _encoding, done) {
			bytes += chunk.length;
			hash.update(chunk);
			done(bytes > maxBytes ? tooLarge(maxBytes) : null, chunk);
		},
	});
	const file = createWriteStream(path, { flags: "wx" });
	file.once("error", (error: NodeJS.ErrnoException) => {
		// What ends the stream otherwise, such as a client that goes away, names no call of the system.
		if (error.syscall !== undefined) {
			Object.assign(error, { isOfDisk: true });
		}
	});
	const closed = new Promise<void>((resolve) => file.once("close", resolve));
	// A file that is still being opened would appear after it was removed.
	await pipeline(source, measure, file, { signal }).finally(() => closed);
	return { sha256: hash.digest("hex"), bytes };
}

async function receiveForm(
	body: Readable,
	type: string,
	path: string,
	maxBytes: number,
	signal: AbortSignal,
): Promise<WrittenImage & Pick<Upload, "fileName" | "fields">> {
	const limits = { ...FIELD_LIMITS, fileSize: maxBytes + 1, files: 1, parts: FIELD_LIMITS.fields + 1 };
	const parser = new Busboy({ headers: { "content-type": type }, limits });
	const fields: Record<string, string> = Object.create(null);
	let fileName: string | undefined;
	let writing: Promise<WrittenImage> | undefined;
	let refusal: DinosegError | undefined;
	const refuse = (error: DinosegError): void => {
		refusal ??= error;
		parser.destroy(error);
	};
	parser.on("file", (name: string, stream: BusboyFileStream, given: string) => {
		if (name !== PART || writing !== undefined) {
			stream.resume();
			return refuse(invalidRequest(`The body must have one file, in the part "${PART}", got ${JSON.stringify(name)}.`));
		}
		fileName = given === "" ? undefined : given;
		writing = writeImage(stream, path, maxBytes, signal);
		writing.catch((error) => parser.destroy(error as Error));
	});
	parser.on("field", (name: string, value: string, nameCut: boolean, valueCut: boolean) => {
		if (nameCut || valueCut) {
			return refuse(tooManyParts());
		}
		if (Object.hasOwn(fields, name)) {
			return refuse(invalidRequest(`The field ${JSON.stringify(name)} is there twice. Send it once.`));
		}
		fields[name] = value;
	});
	for (const event of ["filesLimit", "partsLimit", "fieldsLimit"] as const) {
		parser.on(event, () => refuse(tooManyParts()));
	}
	try {
		await pipeline(body, parser, { signal });
	} catch (error) {
		await writing?.catch(() => undefined);
		throw refusal ?? error;
	}
	if (writing === undefined) {
		throw invalidRequest(`The body has no file in a part "${PART}". With curl: -F ${PART}=@photo.jpg`);
	}
	return { ...(await writing), fileName, fields };
}

/** What is told of whatever ended an upload. */
function failure(cause: unknown, { isOver }: Deadline, client: AbortSignal, { uploadMs }: UploadLimits): unknown {
	if (isDinosegError(cause)) {
		return cause;
	}
	if (isOver) {
		return new DinosegError(
			"UPLOAD_TIMEOUT",
			`The body was not there after ${uploadMs / 1000} s. Send a smaller image, or over a faster connection.`,
			{ details: { limitSeconds: uploadMs / 1000 } },
		);
	}
	if ((cause as { readonly isOfDisk?: boolean }).isOfDisk) {
		return unwritable("the folder of the service", cause);
	}
	if (client.aborted) {
		return new DinosegError("ABORTED", "The client went away.", { cause });
	}
	return new DinosegError("REQUEST_INVALID", `The body cannot be read: ${(cause as Error).message}.`, { cause });
}

function tooLarge(maxBytes: number): DinosegError {
	return new DinosegError("UPLOAD_TOO_LARGE", `The image must have at most ${maxBytes} bytes. Save it smaller.`, {
		details: { maxBytes },
	});
}

function tooManyParts(): DinosegError {
	const { fields, fieldSize } = FIELD_LIMITS;
	return new DinosegError(
		"UPLOAD_TOO_LARGE",
		`The body must have one image and at most ${fields} fields of ${fieldSize} bytes.`,
		{ details: { fields, fieldSize } },
	);
}

function emptyUpload(): DinosegError {
	return new DinosegError("INPUT_EMPTY", "The image has zero bytes. Send a whole file.");
}
