import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "./harness.ts";

/** Everything that is answered from the command line alone. */
const ANSWERS = [
	["--version"],
	["--help"],
	...["segment", "features", "evaluate", "export", "model", "bench", "doctor"].map((command) => [command, "--help"]),
	["segment", "--help", "all"],
	["help", "segment"],
	["segment", "photo.jpg", "-k", "none"],
	["model", "pull", "--help"],
];

describe("what is loaded at the start", () => {
	it.each(ANSWERS.map((args) => ({ line: args.join(" "), args })))("of dinoseg $line", async ({ args }) => {
		await using sandbox = await createSandbox();
		const scripts = await loadedScripts(sandbox, args);
		expect(new Set(scripts.map(packageOf))).toEqual(
			new Set(["apps/cli", "commander", "packages/core", "packages/node"]),
		);
		expect(scripts.filter((url) => /packages\/(core|node)\/dist\/index\.js$/.test(url))).toEqual([]);
	});
});

/** The URLs of the modules that a run loads. */
async function loadedScripts(sandbox: Sandbox, args: readonly string[]): Promise<string[]> {
	const folder = sandbox.path("coverage");
	await sandbox.start(args, { NODE_V8_COVERAGE: folder }).ended;
	const reports = await readdir(folder);
	const scripts = await Promise.all(
		reports.map(async (name) => {
			const { result } = JSON.parse(await readFile(join(folder, name), "utf8")) as { result: { url: string }[] };
			return result.map(({ url }) => url);
		}),
	);
	return scripts.flat().filter((url) => url.startsWith("file:"));
}

/** `zod`, or `packages/core` for one of ours. */
function packageOf(url: string): string {
	return (
		(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? /((?:packages|apps|models)\/[^/]+)/.exec(url))?.[1] ?? url
	);
}
