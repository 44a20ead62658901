import type { WasmMemory } from "./web-assembly.ts";

/** What `assembly/index.ts` exports. Pointers are byte offsets into `memory`; each function is described there. */
export interface SimdExports {
	readonly memory: WasmMemory;
	heapStart(): number;

	packRows(source: number, stride: number, inner: number, panel: number): void;
	packColumns(source: number, stride: number, inner: number, panels: number, packed: number): void;
	packCentredColumns(
		source: number,
		stride: number,
		means: number,
		inner: number,
		panels: number,
		packed: number,
	): void;
	packCentredRows(source: number, stride: number, means: number, inner: number, panel: number): void;
	narrow(source: number, count: number, target: number): void;
	addPanelProducts(left: number, right: number, panels: number, inner: number, out: number, stride: number): void;

	shiftPoles(poles: number, count: number, origin: number, shifted: number): void;
	sumPoles(shifted: number, numerators: number, count: number, x: number, out: number): void;
	multiplyDistances(poles: number, shifted: number, count: number, root: number, x: number, products: number): void;

	scale(values: number, count: number, factor: number): void;
	updateAndMultiply(
		matrix: number,
		size: number,
		block: number,
		left: number,
		right: number,
		vector: number,
		product: number,
	): void;
}
