import type { Facet } from "@dinoseg/core/options";
import { expect } from "vitest";
import type { ForwardTrace } from "../../../../fixtures/forward-pass.ts";

/**
 * Largest difference that float32 may make: this, times the root mean square of what is expected where that is above 1.
 * Tokens after a LayerNorm are about 1; the reference data's tensors, whose tolerance this is, are 1 to 3.
 */
export const TOKEN_TOLERANCE = 1e-4;

/** What the network must give for a picture, by the plain forward pass. */
export function expectTokens(trace: ForwardTrace, facet: Facet, layers: readonly number[], hidden: number) {
	const patches = (values: Float64Array) => values.subarray(trace.extra * hidden);
	const outputs = layers.map((layer) => {
		const block = trace.blocks[layer];
		return patches(facet === "token" ? trace.normalise(block.output) : block[facet]);
	});
	const count = trace.rows * trace.cols;
	const tokens = new Float64Array(count * hidden * layers.length);
	for (const [index, output] of outputs.entries()) {
		for (let token = 0; token < count; token++) {
			tokens.set(output.subarray(token * hidden, (token + 1) * hidden), (token * layers.length + index) * hidden);
		}
	}
	const last = patches(trace.blocks[layers[layers.length - 1]].output);
	const norms = Array.from({ length: count }, (_, token) =>
		Math.sqrt(last.subarray(token * hidden, (token + 1) * hidden).reduce((sum, value) => sum + value * value, 0)),
	);
	return { tokens, norms };
}

/** Largest difference, in the unit of the tolerance. */
export function compareTokens(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
	expect(actual.length).toBe(expected.length);
	let [most, squares] = [0, 0];
	for (let i = 0; i < expected.length; i++) {
		const difference = Math.abs(actual[i] - expected[i]);
		// Not Math.max alone, which a comparison with NaN would pass.
		most = difference <= most ? most : difference;
		squares += expected[i] ** 2;
	}
	return most / Math.max(1, Math.sqrt(squares / expected.length));
}
