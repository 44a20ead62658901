/**
 * Prints the memory of this process in MiB at its peak while one stage or one case runs, inputs and libraries included.
 * Linux only. Arguments: the name of a stage, or `group: case`; the folder of stored inputs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { GROUPS } from "./cases/index.ts";
import { simdKernels } from "./harness/simd-kernels.ts";
import { createArrayStore } from "./inputs/array-store.ts";
import { JOB, relabelling } from "./relabelling.ts";
import { type PreparedStage, STAGES } from "./stages.ts";

const KIB_PER_MIB = 1024;

const [name, folder] = process.argv.slice(2);
const store = createArrayStore(folder);

async function prepare(): Promise<PreparedStage> {
	const stage = STAGES[name] ?? relabelling(JOB)[name];
	if (stage !== undefined) {
		return stage(store);
	}
	const [groupName, caseName] = name.split(": ");
	const found = GROUPS.find((group) => group.name === groupName)?.cases.find((entry) => entry.name === caseName);
	if (found === undefined) {
		throw new Error(`no stage and no case is called ${name}`);
	}
	const { ours } = await found.prepare(store, simdKernels);
	return { run: () => ours(simdKernels) };
}

const stage = await prepare();
globalThis.gc?.();
// Forget the peak of the preparation.
writeFileSync("/proc/self/clear_refs", "5");
await stage.run();
const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
console.log((Number(peak) / KIB_PER_MIB).toFixed(0));
await stage.release?.();
