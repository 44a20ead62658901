import { performance } from "node:perf_hooks";
import { type Kernels, referenceKernels } from "@dinoseg/kernels";
import type { ArrayStore } from "../inputs/array-store.ts";
import { alternate, type TimedRun } from "./alternate.ts";
import type { BenchCase, Contender, PreparedCase, Summary, Work } from "./bench-case.ts";
import type { Rivals } from "./rivals.ts";
import { simdKernels } from "./simd-kernels.ts";
import type { Timing } from "./statistics.ts";

/** What one contender did in a case. */
export interface Outcome {
	readonly timing: Timing;
	readonly summary: Summary;
	/** The library that ran, where the contender could be one of several. */
	readonly library?: string;
}

/** By contender; a text says why one did not run. */
export type CaseResult = Readonly<Partial<Record<Contender, Outcome | string>>>;

export interface RunCaseOptions {
	readonly store: ArrayStore;
	/** None where there is no Python. */
	readonly rivals: Rivals | undefined;
	readonly isQuick: boolean;
}

interface Entrant {
	readonly run: TimedRun;
	readonly library?: string;
	summary?: Summary;
}

/** Time all contenders of a case in turns. */
export async function runCase(bench: BenchCase, { store, rivals, isQuick }: RunCaseOptions): Promise<CaseResult> {
	const prepared = await bench.prepare(store, simdKernels);
	const entrants = new Map<Contender, Entrant>();
	const absent: Partial<Record<Contender, string>> = {};
	const enter = (contender: Contender, open: () => Entrant | string) => {
		const entrant = bench.skip?.includes(contender) ? "not run" : open();
		if (typeof entrant === "string") {
			absent[contender] = entrant;
		} else {
			entrants.set(contender, entrant);
		}
	};
	enter("reference", () => ours(prepared, referenceKernels));
	enter("simd", () => ours(prepared, simdKernels));
	const { javascript, python } = prepared;
	if (javascript) {
		enter("javascript", () => inProcess(javascript));
	}
	if (python) {
		const library = await rivals?.prepare(python);
		enter("python", () => (rivals && library ? inPython(rivals, library) : "not installed"));
	}
	const timings = await alternate(
		[...entrants.values()].map((entrant) => entrant.run),
		isQuick,
	);
	const outcomes = [...entrants].map(([contender, { library, summary }], index): [Contender, Outcome] => [
		contender,
		{ timing: timings[index], summary: summary as Summary, ...(library ? { library } : {}) },
	]);
	return { ...absent, ...Object.fromEntries(outcomes) };
}

function ours(prepared: PreparedCase, kernels: Kernels): Entrant {
	return inProcess(() => prepared.ours(kernels));
}

function inProcess(work: Work): Entrant {
	const entrant: Entrant = {
		async run() {
			const start = performance.now();
			const summarise = work();
			const milliseconds = performance.now() - start;
			entrant.summary = summarise();
			return milliseconds;
		},
	};
	return entrant;
}

function inPython(rivals: Rivals, library: string): Entrant {
	const entrant: Entrant = {
		library,
		async run() {
			const { milliseconds, summary } = await rivals.run();
			entrant.summary = summary;
			return milliseconds;
		},
	};
	return entrant;
}
