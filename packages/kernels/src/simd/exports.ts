import type { WasmMemory } from "./web-assembly.ts";

/** What `assembly/index.ts` exports. Pointers are byte offsets into `memory`; each is documented there. */
export interface SimdExports {
	readonly memory: WasmMemory;
	heapStart(): number;
	medianRow3Bytes: MedianRow3;
	medianRow3Words: MedianRow3;
	medianRow5Bytes: MedianRow5;
	medianRow5Words: MedianRow5;
	resizeRows(
		source: number,
		sourceStride: number,
		channels: number,
		axis: number,
		weights: number,
		weightStride: number,
		spread: number,
		output: number,
		outputStride: number,
		count: number,
	): void;
	resizeColumn(source: number, weights: number, pairs: number, output: number, bytes: number): void;
}

type MedianRow3 = (
	above: number,
	row: number,
	below: number,
	planes: number,
	stride: number,
	step: number,
	output: number,
	bytes: number,
) => void;

type MedianRow5 = (
	row0: number,
	row1: number,
	row2: number,
	row3: number,
	row4: number,
	planes: number,
	stride: number,
	step: number,
	output: number,
	bytes: number,
) => void;
