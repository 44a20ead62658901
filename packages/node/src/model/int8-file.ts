import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { type QuantisedFile, quantisedBytes, type ReadWeights } from "@dinoseg/core/model";

/** Bytes hashed at once: the event loop gets a turn between two. */
const HASH_BYTES = 2 ** 20;

/** Where the checkpoint lies and how the work can be stopped. */
export interface WriteInt8FileOptions {
	/** The folder that the entries of the checkpoint are relative to. */
	readonly folder: string;
	/** @throws ABORTED between two chunks */
	readonly signal?: AbortSignal | undefined;
}

/**
 * Write the 8-bit form of a checkpoint, one chunk of rows after the other: its memory does not grow with the model.
 *
 * @param path a new file. It is left as it is on failure.
 * @throws DinosegError MODEL_TENSOR_INVALID if a weight is not finite, SAFETENSORS_INVALID, ABORTED; the system's own
 *   error if the file cannot be written.
 */
export async function writeInt8File(path: string, layout: QuantisedFile, options: WriteInt8FileOptions): Promise<void> {
	const weights = openWeights(options.folder);
	try {
		const file = await open(path, "wx");
		try {
			const hash = createHash("sha256");
			await file.writeFile(layout.header("0".repeat(64)));
			// Appended: what is written last, the header's digest, overwrites its beginning.
			for await (const bytes of quantisedBytes(layout, weights.read, options.signal)) {
				hash.update(bytes);
				await file.writeFile(bytes);
			}
			await writeAt(file, layout.header(hash.digest("hex")), 0);
		} finally {
			await file.close();
		}
	} finally {
		await weights.close();
	}
}

/**
 * Whether a file is exactly what `writeInt8File` wrote for this layout: its size, its header and the digest of the rest.
 *
 * Everything is read once, in chunks. A file that is absent or unreadable is not it.
 */
export async function isInt8File(path: string, layout: QuantisedFile): Promise<boolean> {
	const file = await open(path).catch(() => undefined);
	if (file === undefined) {
		return false;
	}
	try {
		const { size } = await file.stat();
		if (size !== layout.size) {
			return false;
		}
		const start = layout.header("0".repeat(64)).length;
		const header = new Uint8Array(start);
		const { bytesRead } = await file.read(header, 0, start, 0);
		if (bytesRead !== start) {
			return false;
		}
		const hash = createHash("sha256");
		const stream = file.createReadStream({ start, highWaterMark: HASH_BYTES, autoClose: false });
		for await (const chunk of stream) {
			hash.update(chunk as Uint8Array);
		}
		return Buffer.compare(header, layout.header(hash.digest("hex"))) === 0;
	} catch {
		return false;
	} finally {
		await file.close();
	}
}

/** Reads the files of a checkpoint. Each is opened once. */
function openWeights(folder: string): { readonly read: ReadWeights; close(): Promise<void> } {
	const files = new Map<string, FileHandle>();
	return {
		async read(name, offset, length) {
			const path = join(folder, name);
			const file = files.get(name) ?? (await open(path).catch((cause) => unreadable(path, cause)));
			files.set(name, file);
			const bytes = new Uint8Array(length);
			await readAt(file, bytes, offset, name);
			return bytes;
		},
		async close() {
			await Promise.all([...files.values()].map((file) => file.close()));
		},
	};
}

async function readAt(file: FileHandle, bytes: Uint8Array, position: number, name: string): Promise<void> {
	let done = 0;
	while (done < bytes.length) {
		const left = bytes.length - done;
		const { bytesRead } = await file.read(bytes, done, left, position + done).catch((cause) => unreadable(name, cause));
		if (bytesRead === 0) {
			throw new DinosegError("SAFETENSORS_INVALID", `${name}: the file became shorter while it was read.`);
		}
		done += bytesRead;
	}
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
	let done = 0;
	while (done < bytes.length) {
		done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
	}
}

/** The checkpoint's fault, not that of the file being written. */
function unreadable(name: string, cause: unknown): never {
	throw new DinosegError(
		"MODEL_FILE_MISSING",
		`${name}: cannot be read any more (${(cause as Error).message}). Do not move the model while it is used.`,
		{ cause },
	);
}
