/**
 * A process of its own for one measurement of bench/models.ts, so that its memory is that of the measurement. Prints JSON.
 *
 * `describe <folder> <dtype> <cache>`: everything before the network is loaded, such as hashing and making 8-bit weights.
 * `run <folder> <dtype> <cache> <side>`: load the network and run it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { describeNetwork, openBenchNetwork, type RunTime } from "./models-network.ts";

/** What a process measures. Memory in MiB, of this process, libraries included; absent where the system does not tell it. */
export interface Measurement {
	readonly describeMs: number;
	readonly readyMs?: number;
	/** One element per run, without the warm-up. */
	readonly runs?: readonly RunTime[];
	readonly peakMiB?: number;
	/** Pages of files at the end: shared with other processes, and given back when memory is short. */
	readonly filesMiB?: number;
}

/** After this many milliseconds of runs no other is begun. */
const BUDGET_MS = 15_000;
const MAX_RUNS = 6;

const [task, folder, dtype, cacheFolder, side] = process.argv.slice(2);
if ((task !== "describe" && task !== "run") || (dtype !== "fp32" && dtype !== "int8")) {
	throw new Error("usage: models-measure.ts describe|run <folder> fp32|int8 <cache> [side]");
}
const isLinux = process.platform === "linux";
const threads = availableParallelism();

forgetPeak();
const start = performance.now();
const checkpoint = await describeNetwork(folder, dtype, cacheFolder);
const describeMs = performance.now() - start;
if (task === "describe") {
	print({ describeMs });
} else {
	forgetPeak();
	const network = await openBenchNetwork(checkpoint, threads);
	const runs = [await network.run(Number(side))];
	// The first run is the warm-up, unless there is time for no other.
	for (let spent = runs[0].wall; spent < BUDGET_MS && runs.length < MAX_RUNS; spent += runs[runs.length - 1].wall) {
		runs.push(await network.run(Number(side)));
	}
	print({ describeMs, readyMs: network.readyMs, runs: runs.length > 1 ? runs.slice(1) : runs });
	await network.close();
}

function forgetPeak(): void {
	globalThis.gc?.();
	if (isLinux) {
		writeFileSync("/proc/self/clear_refs", "5");
	}
}

function print(measurement: Measurement): void {
	const memory = isLinux ? { peakMiB: statusMiB("VmHWM"), filesMiB: statusMiB("RssFile") } : {};
	console.log(JSON.stringify({ ...measurement, ...memory }));
}

function statusMiB(field: string): number {
	const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"));
	return Number(line?.[1]) / 1024;
}
