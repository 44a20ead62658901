import { type AbortState, throwIfAborted } from "../abort.ts";
import { DinosegError } from "../errors/index.ts";
import type { TensorEntry } from "./checkpoint.ts";
import { quantiseRows } from "./quantise.ts";
import type { QuantisedFile, QuantisedPart } from "./quantised-file.ts";
import { floorBias, rowSums } from "./quantised-weights.ts";
import { decodeTensorValues } from "./tensor-values.ts";

/** Elements of a tensor that are in memory at once: quantising them takes some milliseconds. */
const CHUNK_ELEMENTS = 2 ** 19;

/** Reads `length` bytes of a file of the checkpoint from `offset` on, or throws. */
export type ReadWeights = (file: string, offset: number, length: number) => Promise<Uint8Array>;

/**
 * The 8-bit form of a checkpoint after its header, one chunk of rows after the other: memory does not grow with the model.
 *
 * @param signal looked at between two chunks.
 * @throws DinosegError MODEL_TENSOR_INVALID if a weight is not finite; ABORTED; what `read` throws.
 */
export async function* quantisedBytes(
	layout: QuantisedFile,
	read: ReadWeights,
	signal?: AbortState,
): AsyncGenerator<Uint8Array> {
	for (const part of layout.parts) {
		yield* partBytes(part, read, signal);
	}
}

async function* partBytes(
	part: QuantisedPart,
	read: ReadWeights,
	signal: AbortState | undefined,
): AsyncGenerator<Uint8Array> {
	if (part.type === "copy") {
		for await (const values of chunksOf(part.source, 1, read, signal)) {
			checkFinite(values, part.source.name);
			yield asBytes(values);
		}
		return;
	}
	const { weight, bias, floor } = part;
	const [rows, columns] = weight.shape;
	const scales = new Float32Array(rows);
	const sums = new Int32Array(rows);
	let first = 0;
	for await (const values of chunksOf(weight, columns, read, signal)) {
		const quantised = quantiseRows(values, values.length / columns, columns, weight.name);
		scales.set(quantised.scales, first);
		sums.set(rowSums(quantised), first);
		first += quantised.scales.length;
		yield asBytes(quantised.values);
	}
	yield asBytes(scales);
	if (bias !== undefined) {
		const count = elementsOf(bias);
		const values = decodeTensorValues(await read(bias.file, bias.offset, bias.length), bias.dtype, count);
		checkFinite(values, bias.name);
		yield asBytes(floor === undefined ? values : floorBias(values, scales, sums, floor));
	}
}

/** All values of a tensor as float32, some whole rows at a time. */
async function* chunksOf(
	entry: TensorEntry,
	columns: number,
	read: ReadWeights,
	signal: AbortState | undefined,
): AsyncGenerator<Float32Array> {
	const count = elementsOf(entry);
	const elementBytes = entry.length / count;
	const step = Math.max(1, Math.floor(CHUNK_ELEMENTS / columns)) * columns;
	for (let start = 0; start < count; start += step) {
		throwIfAborted(signal);
		const elements = Math.min(step, count - start);
		const bytes = await read(entry.file, entry.offset + start * elementBytes, elements * elementBytes);
		yield decodeTensorValues(bytes, entry.dtype, elements);
	}
}

function elementsOf({ shape }: TensorEntry): number {
	return shape.reduce((product, size) => product * size, 1);
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
