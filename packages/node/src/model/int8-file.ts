import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { throwIfAborted } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import {
	decodeTensorValues,
	floorBias,
	type QuantisedFile,
	type QuantisedPart,
	quantiseRows,
	rowSums,
	type TensorEntry,
} from "@dinoseg/core/model";

/** Elements of a tensor that are in memory at once: quantising them takes some milliseconds. */
const CHUNK_ELEMENTS = 2 ** 19;
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
	const source = new TensorSource(options);
	try {
		const file = await open(path, "wx");
		try {
			const hash = createHash("sha256");
			// Appended: what is written last, the header's digest, overwrites its beginning.
			const append = async (bytes: Uint8Array): Promise<void> => {
				hash.update(bytes);
				await file.writeFile(bytes);
			};
			await file.writeFile(layout.header("0".repeat(64)));
			for (const part of layout.parts) {
				await writePart(part, source, append);
			}
			await writeAt(file, layout.header(hash.digest("hex")), 0);
		} finally {
			await file.close();
		}
	} finally {
		await source.close();
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

type Append = (bytes: Uint8Array) => Promise<void>;

async function writePart(part: QuantisedPart, source: TensorSource, append: Append): Promise<void> {
	if (part.type === "copy") {
		for await (const values of source.chunks(part.source, 1)) {
			checkFinite(values, part.source.name);
			await append(asBytes(values));
		}
		return;
	}
	const { weight, bias, floor } = part;
	const [rows, columns] = weight.shape;
	const scales = new Float32Array(rows);
	const sums = new Int32Array(rows);
	let first = 0;
	for await (const values of source.chunks(weight, columns)) {
		const quantised = quantiseRows(values, values.length / columns, columns, weight.name);
		scales.set(quantised.scales, first);
		sums.set(rowSums(quantised), first);
		first += quantised.scales.length;
		await append(asBytes(quantised.values));
	}
	await append(asBytes(scales));
	if (bias !== undefined) {
		const values = await source.all(bias);
		checkFinite(values, bias.name);
		await append(asBytes(floor === undefined ? values : floorBias(values, scales, sums, floor)));
	}
}

/** Reads tensors of a checkpoint as float32. */
class TensorSource {
	readonly #options: WriteInt8FileOptions;
	readonly #files = new Map<string, FileHandle>();

	constructor(options: WriteInt8FileOptions) {
		this.#options = options;
	}

	/** All values, some whole rows at a time. */
	async *chunks(entry: TensorEntry, columns: number): AsyncGenerator<Float32Array> {
		const count = entry.shape.reduce((product, size) => product * size, 1);
		const elementBytes = entry.length / count;
		const step = Math.max(1, Math.floor(CHUNK_ELEMENTS / columns)) * columns;
		const file = await this.#open(entry.file);
		for (let start = 0; start < count; start += step) {
			throwIfAborted(this.#options.signal);
			const elements = Math.min(step, count - start);
			const bytes = new Uint8Array(elements * elementBytes);
			await readAt(file, bytes, entry.offset + start * elementBytes, entry.file);
			yield decodeTensorValues(bytes, entry.dtype, elements);
		}
	}

	/** All values of a tensor that is small. */
	async all(entry: TensorEntry): Promise<Float32Array> {
		const bytes = new Uint8Array(entry.length);
		await readAt(await this.#open(entry.file), bytes, entry.offset, entry.file);
		const count = entry.shape.reduce((product, size) => product * size, 1);
		return decodeTensorValues(bytes, entry.dtype, count);
	}

	async close(): Promise<void> {
		await Promise.all([...this.#files.values()].map((file) => file.close()));
	}

	async #open(name: string): Promise<FileHandle> {
		const path = join(this.#options.folder, name);
		const file = this.#files.get(name) ?? (await open(path).catch((cause) => unreadable(path, cause)));
		this.#files.set(name, file);
		return file;
	}
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

function checkFinite(values: Float32Array, name: string): void {
	if (!values.every(Number.isFinite)) {
		throw new DinosegError(
			"MODEL_TENSOR_INVALID",
			`tensor ${name}: holds a value that is no finite number. The weights are damaged: get the checkpoint again.`,
			{ details: { tensor: name } },
		);
	}
}

function asBytes(values: Float32Array | Int8Array): Uint8Array {
	return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
