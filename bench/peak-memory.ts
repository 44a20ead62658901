/** Prints the memory of this process in MiB at its peak while one stage runs, inputs and libraries included. Linux only. */
import { readFileSync, writeFileSync } from "node:fs";
import { STAGES } from "./stages.ts";

const KIB_PER_MIB = 1024;

const stage = await STAGES[process.argv[2]]();
globalThis.gc?.();
// Forget the peak of the preparation.
writeFileSync("/proc/self/clear_refs", "5");
await stage.run();
const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
console.log((Number(peak) / KIB_PER_MIB).toFixed(0));
await stage.release?.();
