import { Bench } from "tinybench";
import type { ArrayStore } from "../inputs/array-store.ts";
import { IDLE, type PrepareStage } from "../stages.ts";
import { formatMilliseconds, markdownTable } from "./markdown.ts";
import { peakMemory } from "./memory.ts";
import { progress } from "./progress.ts";

export interface StageTableOptions {
	readonly store: ArrayStore;
	readonly isQuick: boolean;
}

/** Milliseconds and least numbers of runs. */
const RUNS = { time: 1000, iterations: 5, warmupTime: 200, warmupIterations: 1 };
const QUICK_RUNS = { time: 0, iterations: 2, warmupTime: 0, warmupIterations: 1 };

/** Time each stage alone, one after the other, and measure its memory. */
export async function stageTable(
	stages: Readonly<Record<string, PrepareStage>>,
	{ store, isQuick }: StageTableOptions,
): Promise<string> {
	const rows: string[][] = [];
	for (const [name, prepare] of Object.entries(stages)) {
		if (name === IDLE) {
			continue;
		}
		const stage = await prepare(store);
		const bench = new Bench(isQuick ? QUICK_RUNS : RUNS);
		bench.add(name, async () => {
			await stage.run();
		});
		const [task] = await bench.run();
		await stage.release?.();
		if (task.result.state !== "completed") {
			throw new Error(`${name}: ${task.result.state}`);
		}
		const { latency } = task.result;
		const peak = isQuick ? "–" : peakMemory(name, store.folder);
		rows.push([name, formatMilliseconds(latency.p50), formatMilliseconds(latency.min), peak]);
		progress(rows[rows.length - 1].join("  "));
	}
	return markdownTable(["Stage", "Time, median (ms)", "Fastest (ms)", "Process at its peak (MiB)"], "lrrr", rows);
}
