import type { Scratch, Tridiagonal } from "../eigen/primitives.ts";
import { reduceRows } from "../eigen/reduce-rows.ts";
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
		const { wasm } = workspace;
		const pointer = workspace.copyIn(matrix);
		wasm.scale(pointer, matrix.length, scale);
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
		const reduced = reduceRows(memory, size, (block) =>
			wasm.updateAndMultiply(pointer, size, block, left, right, vector, product),
		);
		const reflectors = scratch.float64(matrix.length);
		reflectors.set(memory.matrix);
		return { ...reduced, reflectors };
	});
}
