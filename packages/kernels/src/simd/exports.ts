import type { WasmMemory } from "./web-assembly.ts";

/** What `assembly/index.ts` exports. Pointers are byte offsets into `memory`; each is documented there. */
export interface SimdExports {
	readonly memory: WasmMemory;
	addToClusters(points: number, count: number, dim: number, labels: number, weights: number, sums: number): void;
	heapStart(): number;
	nearestTargets(
		distances: number,
		count: number,
		targetCount: number,
		labels: number,
		nearest: number,
		seconds: number,
	): void;
	squaredDistances(points: number, count: number, dim: number, targets: number, targetCount: number, out: number): void;
}
