import { mkdir, mkdtemp, readFile, readlink, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyTree } from "./copy-tree.ts";
import { mutantKey, mutationReport } from "./mutation-report.ts";
import { runNode } from "./run-process.ts";
import { verdictOf } from "./run-tests.ts";
import { testRuns } from "./try-mutant.ts";

let folder: string;

beforeEach(async () => {
	folder = await realpath(await mkdtemp(join(tmpdir(), "dinoseg-mutation-test-")));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe("copyTree", () => {
	it("copies sources and builds, and links packages, the workspaces' to the copy", async () => {
		const root = join(folder, "root");
		await mkdir(join(root, "packages", "core", "dist"), { recursive: true });
		await writeFile(join(root, "packages", "core", "dist", "index.js"), "built");
		await mkdir(join(root, ".git"));
		await mkdir(join(root, "node_modules", "@dinoseg"), { recursive: true });
		await mkdir(join(root, "node_modules", "vitest"));
		await symlink("../../packages/core", join(root, "node_modules", "@dinoseg", "core"));
		const copy = join(folder, "copy");
		await copyTree(root, copy);
		const core = join(copy, "node_modules", "@dinoseg", "core");
		expect(await realpath(core)).toBe(join(copy, "packages", "core"));
		expect(await readlink(join(copy, "node_modules", "vitest"))).toBe(join(root, "node_modules", "vitest"));
		await writeFile(join(core, "dist", "index.js"), "changed");
		expect(await readFile(join(root, "packages", "core", "dist", "index.js"), "utf8")).toBe("built");
		await expect(realpath(join(copy, ".git"))).rejects.toThrow("ENOENT");
	});
});

describe("runNode", () => {
	it("tells the output and the exit code", async () => {
		const script = "console.log('1 passed'); console.error('2 failed'); process.exitCode = 3";
		const { code, output, isOverdue } = await runNode(["-e", script], folder, 60_000);
		expect([code, isOverdue]).toEqual([3, false]);
		expect(output.trim().split("\n").sort()).toEqual(["1 passed", "2 failed"]);
	});

	it("ends a loop without end, and what it has started", async () => {
		// The output ends with the last process that holds it: the second one lives longer than this test may.
		const script = `
			require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 300_000)"], { stdio: "inherit" });
			for (;;);`;
		expect(await runNode(["-e", script], folder, 2000)).toMatchObject({ code: null, isOverdue: true });
	});
});

describe("verdictOf", () => {
	const end = (code: number | null, output: string, isOverdue = false) => verdictOf({ code, output, isOverdue });

	it("reads the closing line of the tests", () => {
		expect(end(0, "log\n\n12 passed, 0 failed, 3 skipped\n")).toBe("passed");
		expect(end(1, "\n11 passed, 1 failed, 0 skipped\n")).toBe("failed");
		expect(end(1, "\n0 passed, 1 failed, 0 skipped\n")).toBe("failed");
		expect(end(1, "\n0 passed, 0 failed, 0 skipped\n")).toBe("untested");
		expect(end(null, "\n1 passed, 0 failed, 0 skipped\n", true)).toBe("overdue");
	});

	it("takes a run that breaks, or succeeds with no line, for failed", () => {
		expect(end(134, "out of memory")).toBe("failed");
		expect(end(1, "\n5 passed, 0 failed, 0 skipped\n")).toBe("failed");
		expect(end(0, "")).toBe("failed");
	});
});

describe("testRuns", () => {
	it("begins with the nearest tests, and ends with all that import a source of core", () => {
		const file = "packages/core/src/a.ts";
		expect(testRuns(folder, file)).toEqual([{ project: "unit", files: [file], isRelated: true }]);
		expect(testRuns(folder, "packages/node/src/hub/settings.ts")).toEqual([
			{ project: "built", files: ["packages/node/test/hub-settings.test.ts"] },
		]);
	});
});

describe("mutationReport", () => {
	const mutant = (file: string, find: string, equivalent?: string) => {
		const made = { file, find, replace: "", mistake: `lost ${find}` };
		return equivalent === undefined ? made : { ...made, equivalent };
	};
	const mutants = [
		mutant("packages/core/src/b/x.ts", "1"),
		mutant("packages/core/src/b/x.ts", "2"),
		mutant("packages/core/src/b/y.ts", "3", "It is never read."),
		mutant("packages/core/src/rng.ts", "4", "Wrongly said."),
	];
	const tried = (...fates: ("noticed" | "survived")[]) =>
		new Map(fates.map((fate, index) => [mutantKey(mutants[index]), { fate }] as const));

	it("counts what can be noticed, and lists what was not", () => {
		const text = mutationReport(mutants, tried("noticed", "survived", "survived", "noticed"));
		expect(text).toContain(
			"| `packages/core` | 1 | 1 | 100 % |\n| `packages/core/b` | 2 | 1 | 50 % |\n| All | 3 | 2 | 67 % |",
		);
		expect(text).toContain("## Not noticed\n\n- `packages/core/src/b/x.ts`: lost 2\n");
		expect(text).toContain("## Nothing to notice\n\n- `packages/core/src/b/y.ts`: lost 3. It is never read.\n");
	});

	it("needs every mistake to be tried", () => {
		expect(() => mutationReport(mutants, tried("noticed"))).toThrow(
			/"lost 2" in packages\/core\/src\/b\/x\.ts was not tried/,
		);
	});
});
