import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ProcessEnd, runNode } from "./run-process.ts";

/** What a run of tests says. `untested`: no test ran. */
export type Verdict = "passed" | "failed" | "overdue" | "untested";

/** Which tests: of a project, files of it or all that import a source. */
export interface TestRun {
	readonly project: "unit" | "built";
	readonly files: readonly string[];
	/** The files are sources, and the tests are those that import them. */
	readonly isRelated?: boolean;
}

/** A test waits for as long as the whole run may last: slow is not wrong. */
const NO_LIMIT = "100000000";

/** Run tests until the first one fails. */
export async function runTests(folder: string, run: TestRun, limitMs: number): Promise<Verdict> {
	const args = [
		"node_modules/vitest/vitest.mjs",
		...(run.isRelated ? ["related"] : []),
		...run.files,
		"--run",
		...["--project", run.project],
		...["--bail", "1"],
		...["--maxWorkers", "1"],
		...["--testTimeout", NO_LIMIT],
		...["--hookTimeout", NO_LIMIT],
	];
	return verdictOf(await runNode(args, folder, limitMs));
}

/** What the end of vitest, with the closing line of scripts/summary-reporter.ts, says. */
export function verdictOf({ code, output, isOverdue }: ProcessEnd): Verdict {
	if (isOverdue) {
		return "overdue";
	}
	const counts = [...output.matchAll(/^(\d+) passed, (\d+) failed, \d+ skipped$/gm)].at(-1);
	if (counts?.[1] === "0" && counts[2] === "0") {
		return "untested";
	}
	return code === 0 && counts?.[2] === "0" ? "passed" : "failed";
}

/** The test file beside a source, if there is one. */
export function ownTest(folder: string, file: string): string | undefined {
	const test = file.replace(/\.ts$/, ".test.ts");
	return existsSync(join(folder, test)) ? test : undefined;
}
