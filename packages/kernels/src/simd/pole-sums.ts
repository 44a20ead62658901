import type { PoleSums } from "../eigen/primitives.ts";
import type { Engine } from "./engine.ts";
import { FLOAT64 } from "./panels.ts";

/** `EigenPrimitives.withPoles` on the SIMD build. */
export function withPoles<T>(
	engine: Engine,
	poles: Float64Array,
	numerators: Float64Array,
	work: (sums: PoleSums) => T,
): T {
	return engine((workspace) => {
		const { wasm } = workspace;
		const count = poles.length;
		const polePlace = workspace.copyIn(poles);
		const numeratorPlace = workspace.copyIn(numerators);
		const shifted = workspace.reserve(poles.byteLength);
		const productPlace = workspace.copyIn(new Float64Array(count).fill(1));
		const out = workspace.reserve(2 * FLOAT64);
		const sums = new Float64Array(wasm.memory.buffer, out, 2);
		return work({
			setOrigin: (origin) => wasm.shiftPoles(polePlace, count, origin, shifted),
			add: (from, to, x) => wasm.sumPoles(shifted + from * FLOAT64, numeratorPlace + from * FLOAT64, to - from, x, out),
			get sum() {
				return sums[0];
			},
			get slope() {
				return sums[1];
			},
			multiplyInto: (root, x) => wasm.multiplyDistances(polePlace, shifted, count, root, x, productPlace),
			products() {
				const products = new Float64Array(count);
				workspace.read(productPlace, products);
				return products;
			},
		});
	});
}
