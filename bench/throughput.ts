/** Photographs a second of the command line, one after the other and in the ways that work on several. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable } from "./harness/markdown.ts";
import { progress } from "./harness/progress.ts";
import { summarise } from "./harness/statistics.ts";

const BIN = fileURLToPath(new URL("../apps/cli/bin/dinoseg.js", import.meta.url));
const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));
export const THROUGHPUT_PHOTOGRAPHS = 42;
const QUICK_PHOTOGRAPHS = 2;
const ROUNDS = 3;

/** The first is what the others are compared with. */
const LINES: readonly (readonly string[])[] = [
	["segment", "--concurrency", "1"],
	["segment"],
	["batch", "--figure"],
	["batch"],
];

/**
 * The table of all command lines, which take turns. The time of one photograph is taken off that of many: it is that of
 * the start, the model and the first use of everything.
 */
export async function throughputTable(isQuick: boolean): Promise<string> {
	const count = isQuick ? QUICK_PHOTOGRAPHS : THROUGHPUT_PHOTOGRAPHS;
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-bench-"));
	try {
		await fill(join(folder, "one"), 1);
		await fill(join(folder, "many"), 1 + count);
		const seconds: number[][] = LINES.map(() => []);
		for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
			for (const [index, line] of LINES.entries()) {
				const one = await timeRun(folder, line, "one");
				seconds[index].push((await timeRun(folder, line, "many")) - one);
			}
			progress("throughput");
		}
		const ratios = seconds.map((own) => summarise(own.map((value, round) => seconds[0][round] / value)).median);
		const rows = LINES.map((line, index) => [
			`\`dinoseg ${line.join(" ")}\``,
			(count / summarise(seconds[index]).median).toFixed(2),
			ratios[index].toFixed(2),
		]);
		return markdownTable(["Command line", "Photographs/s", "Ratio to the first"], "lrr", rows);
	} finally {
		await rm(folder, { recursive: true });
	}
}

async function fill(folder: string, count: number): Promise<void> {
	const photographs = (await readdir(EXAMPLES)).filter((name) => name.endsWith(".jpg"));
	await mkdir(folder);
	for (let index = 0; index < count; index++) {
		const name = photographs[index % photographs.length];
		await copyFile(join(EXAMPLES, name), join(folder, `${index}-${name}`));
	}
}

/** @returns seconds from the start of a process to its end. */
async function timeRun(folder: string, line: readonly string[], input: string): Promise<number> {
	const args = [BIN, ...line, input, "-o", "out", "--no-cache", "--quiet"];
	const start = performance.now();
	const [code] = await once(spawn(process.execPath, args, { cwd: folder, stdio: "ignore" }), "exit");
	const seconds = (performance.now() - start) / 1000;
	if (code !== 0) {
		throw new Error(`dinoseg ${line.join(" ")} ended with code ${code}.`);
	}
	await rm(join(folder, "out"), { recursive: true });
	return seconds;
}
