import type { WasmMemory } from "./web-assembly.ts";

/** What `assembly/index.ts` exports. Pointers are byte offsets into `memory`; each is documented there. */
export interface SimdExports {
	readonly memory: WasmMemory;
	heapStart(): number;
}
