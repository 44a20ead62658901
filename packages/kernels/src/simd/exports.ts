import type { WasmMemory } from "./web-assembly.ts";

/** What `assembly/index.ts` exports. Pointers are byte offsets into `memory`; each is documented there. */
export interface SimdExports {
	readonly memory: WasmMemory;
	heapStart(): number;
	nearestTargets(
		distances: number,
		count: number,
		stride: number,
		targetCount: number,
		labels: number,
		nearest: number,
	): void;
	squaredDistances(points: number, count: number, dim: number, targets: number, targetCount: number, out: number): void;
}
