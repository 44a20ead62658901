import type { WasmMemory } from "./web-assembly.ts";

/** What `assembly/index.ts` exports. Pointers are byte offsets into `memory`; each is documented there. */
export interface SimdExports {
	readonly memory: WasmMemory;
	heapStart(): number;
	upsampleTile(
		tokens: number,
		tokenRight: number,
		tokenBelow: number,
		clusters: number,
		fractionsX: number,
		fractionsY: number,
		width: number,
		height: number,
		sharpness: number,
		labels: number,
		confidence: number,
		stride: number,
		uncertain: number,
		work: number,
	): number;
}
