import type { Reporter, TestModule } from "vitest/node";

/** Prints the plain closing line `N passed, N failed, N skipped` that scripts read. */
export default class SummaryReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
		const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
		for (const module of modules) {
			const before = counts.failed;
			for (const test of module.children.allTests()) {
				const { state } = test.result();
				if (state !== "pending") {
					counts[state] += 1;
				}
			}
			if (module.state() === "failed" && counts.failed === before) {
				counts.failed += 1;
			}
		}
		process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
	}
}
