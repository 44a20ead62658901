import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { applyMutant, type Mutant } from "../mutants/mutant.ts";
import { namedTests } from "../mutants/named-tests.ts";
import { runNode } from "./run-process.ts";
import { ownTest, runTests, type TestRun } from "./run-tests.ts";

/** What became of a mistake. A mistake that no test could look at is a fault of the list. */
export type Fate = "noticed" | "survived" | "untested";

export interface TriedMutant {
	readonly fate: Fate;
	/** What noticed it: tests, the compiler, the linter, or the clock, for a loop without end. */
	readonly by?: string;
}

/** For a run of tests, milliseconds: many times what the slowest takes. */
const LIMIT_MS = 10 * 60_000;

/** The runs that can notice a mistake in a source, the nearest first. */
export function testRuns(folder: string, file: string): TestRun[] {
	const own = ownTest(folder, file);
	// Each for itself: most mistakes are noticed by the nearest.
	const runs = [...(own ? [own] : []), ...namedTests(file)].map((test): TestRun => {
		return { project: test.includes("/src/") ? "unit" : "built", files: [test] };
	});
	if (file.startsWith("packages/core/")) {
		runs.push({ project: "unit", files: [file], isRelated: true });
	}
	return runs;
}

/**
 * Prove that the tests which are to notice mistakes pass without one: else they would notice everything.
 *
 * @throws Error when they do not, or the copy does not compile
 */
export async function checkUnchanged(folder: string, files: readonly string[]): Promise<void> {
	if (!(await compiles(folder))) {
		throw new Error("The sources do not compile as they are. Build them first.");
	}
	const runs = files.flatMap((file) => testRuns(folder, file)).filter(({ isRelated }) => !isRelated);
	for (const project of ["unit", "built"] as const) {
		const tests = new Set(runs.filter((run) => run.project === project).flatMap((run) => run.files));
		const verdict = tests.size > 0 ? await runTests(folder, { project, files: [...tests] }, LIMIT_MS) : "passed";
		if (verdict !== "passed") {
			throw new Error(`The ${project} tests do not pass as they are (${verdict}): ${[...tests].join(" ")}`);
		}
	}
}

/**
 * Make a mistake in a copy of the repository, run the tests, and take it back.
 *
 * @param folder the copy.
 * @throws Error when the mistake cannot be made
 */
export async function tryMutant(folder: string, mutant: Mutant): Promise<TriedMutant> {
	const path = join(folder, mutant.file);
	const text = await readFile(path, "utf8");
	await writeFile(path, applyMutant(text, mutant));
	try {
		const tried = await tryRuns(folder, testRuns(folder, mutant.file));
		const isRefused = tried.fate === "survived" && !(await passesLint(folder, mutant.file));
		return isRefused ? { fate: "noticed", by: "the linter" } : tried;
	} finally {
		await writeFile(path, text);
	}
}

async function tryRuns(folder: string, runs: readonly TestRun[]): Promise<TriedMutant> {
	let isBuilt = false;
	let isTested = false;
	for (const run of runs) {
		// The build is needed by some tests, and quicker than the many that only import a source.
		if ((run.project === "built" || run.isRelated) && !isBuilt) {
			if (!(await compiles(folder))) {
				return { fate: "noticed", by: "the compiler" };
			}
			isBuilt = true;
		}
		const verdict = await runTests(folder, run, LIMIT_MS);
		if (verdict === "failed" || verdict === "overdue") {
			return { fate: "noticed", by: verdict === "failed" ? `${run.project} tests` : "the clock" };
		}
		isTested ||= verdict === "passed";
	}
	if (!isTested) {
		return { fate: "untested" };
	}
	return isBuilt || (await compiles(folder)) ? { fate: "survived" } : { fate: "noticed", by: "the compiler" };
}

/** Build what has changed, also the bundles that Node loads. */
async function compiles(folder: string): Promise<boolean> {
	const steps = [
		["node_modules/typescript/bin/tsc", "-b"],
		["node_modules/tsx/dist/cli.mjs", "scripts/bundle-for-node.ts"],
	];
	for (const step of steps) {
		if ((await runNode(step, folder, LIMIT_MS)).code !== 0) {
			return false;
		}
	}
	return true;
}

/** Whether the linter takes a source. How it is laid out is no mistake. */
async function passesLint(folder: string, file: string): Promise<boolean> {
	const lint = ["node_modules/@biomejs/biome/bin/biome", "lint", "--error-on-warnings", file];
	return (await runNode(lint, folder, LIMIT_MS)).code === 0;
}
