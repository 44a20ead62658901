import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath, type ProcessResult, type Sandbox } from "./harness.ts";

/** Everything that is answered from the command line alone, to stdout. */
const ANSWERS = [
	["--version"],
	["--help"],
	...["segment", "watch", "serve", "features", "evaluate", "export", "model", "bench", "doctor", "completion"].map(
		(command) => [command, "--help"],
	),
	["segment", "--help", "all"],
	["help", "segment"],
	["model", "pull", "--help"],
];
const REFUSED = [[], ["segment", "photo.jpg", "-k", "none"]];

describe("a process of the program", () => {
	it.each([
		...ANSWERS.map((args) => ({ line: args.join(" "), args, code: 0 })),
		...REFUSED.map((args) => ({ line: args.join(" "), args, code: 2 })),
	])("answers dinoseg $line with little loaded", async ({ args, code }) => {
		await using sandbox = await createSandbox();
		const { scripts, ...ended } = await loadedScripts(sandbox, args);
		const [told, silent] = code === 0 ? [ended.stdout, ended.stderr] : [ended.stderr, ended.stdout];
		expect(ended.code).toBe(code);
		expect(told).toMatch(/\S\n$/);
		expect(silent).toBe("");
		expect(new Set(scripts.map(packageOf))).toEqual(
			new Set(["apps/cli", "apps/server", "commander", "packages/core", "packages/jobs", "packages/node"]),
		);
		expect(
			scripts.filter((url) => /(packages|apps)\/(core|jobs|node|server)\/dist\/(node\/)?index\.js$/.test(url)),
		).toEqual([]);
	});

	it("segments, tells nothing that it was not asked for, and ends", async () => {
		await using sandbox = await createSandbox();
		const args = ["segment", examplePath("cat.jpg"), "--input-size", "112", "--quiet"];
		const { scripts, ...ended } = await loadedScripts(sandbox, args);
		expect(ended).toMatchObject({ code: 0, signal: null, stdout: "", stderr: "" });
		expect(scripts.filter((url) => url.includes("@aws-sdk"))).toEqual([]);
		expect(await readdir(sandbox.path("out/cat"))).toHaveLength(5);
	});

	it("exits with 1 where an input failed", async () => {
		await using sandbox = await createSandbox();
		const { ended } = sandbox.start(["segment", "missing.jpg", "--quiet"]);
		expect(await ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/^error missing\.jpg: /) });
	});
});

/** How a run ends, and the URLs of the modules that it loads. */
async function loadedScripts(
	sandbox: Sandbox,
	args: readonly string[],
): Promise<ProcessResult & { readonly scripts: readonly string[] }> {
	const folder = sandbox.path("coverage");
	const ended = await sandbox.start(args, { NODE_V8_COVERAGE: folder }).ended;
	const reports = await readdir(folder);
	const scripts = await Promise.all(
		reports.map(async (name) => {
			const { result } = JSON.parse(await readFile(join(folder, name), "utf8")) as { result: { url: string }[] };
			return result.map(({ url }) => url);
		}),
	);
	return { ...ended, scripts: scripts.flat().filter((url) => url.startsWith("file:")) };
}

/** `zod`, or `packages/core` for one of ours. */
function packageOf(url: string): string {
	return (
		(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? /((?:packages|apps|models)\/[^/]+)/.exec(url))?.[1] ?? url
	);
}
