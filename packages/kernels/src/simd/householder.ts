import type { Scratch, Tridiagonal } from "../eigen/primitives.ts";
import { reduceRows } from "../eigen/reduce-rows.ts";
import { checkedCopy, checkedParts } from "../steps.ts";
import type { Engine } from "./engine.ts";

/** `EigenPrimitives.tridiagonalise` on the SIMD build. */
export function tridiagonalise(
	engine: Engine,
	scratch: Scratch,
	matrix: Float64Array,
	size: number,
	scale: number,
): Tridiagonal {
	return engine((workspace) => {
		const { wasm, check } = workspace;
		const pointer = workspace.copyIn(matrix);
		for (const { from, to } of checkedParts(check, matrix.length)) {
			wasm.scale(pointer + from * matrix.BYTES_PER_ELEMENT, to - from, scale);
		}
		const vector = workspace.reserve(size * matrix.BYTES_PER_ELEMENT);
		const product = workspace.reserve(size * matrix.BYTES_PER_ELEMENT);
		const left = workspace.reserve(size * matrix.BYTES_PER_ELEMENT);
		const right = workspace.reserve(size * matrix.BYTES_PER_ELEMENT);
		const view = (at: number, length: number) => new Float64Array(wasm.memory.buffer, at, length);
		const memory = {
			matrix: view(pointer, size * size),
			vector: view(vector, size),
			product: view(product, size),
			left: view(left, size),
			right: view(right, size),
		};
		const reduced = reduceRows(check, memory, size, (block) =>
			wasm.updateAndMultiply(pointer, size, block, left, right, vector, product),
		);
		const reflectors = scratch.float64(matrix.length);
		checkedCopy(check, memory.matrix, reflectors);
		return { ...reduced, reflectors };
	});
}
