/**
 * Batches at full size. The argument says which: `kills`, `shards`, `resume` or `memory`. Prints one line of JSON for
 * `soak.ts`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readMemory } from "../fixtures/peak-memory.ts";
import { writeTwoColors } from "../fixtures/two-colors.ts";

const bin = fileURLToPath(new URL("../apps/cli/bin/dinoseg.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "dinoseg-soak-"));
const FLAGS = ["--input-size", "224", "-k", "3", "--quiet", "--no-cache"];
/** So long a process lives, milliseconds: some images and more. Of several at a time each has its share of the cores. */
const LIFE = { least: 2500, most: 6000 };

function start(output: string, ...args: string[]): ChildProcess {
	return spawn(process.execPath, [bin, "batch", "in", "-o", output, ...FLAGS, ...args], {
		cwd: folder,
		stdio: ["ignore", "ignore", "inherit"],
	});
}

async function run(output: string, ...args: string[]): Promise<number | null> {
	const [code] = await once(start(output, ...args), "close");
	return code;
}

/**
 * Begin a batch again and again, and kill it every few seconds, until it ends by itself.
 *
 * @param slowness by how much longer it lives than one that is alone.
 * @returns the kills
 */
async function runWithKills(output: string, slowness: number, ...args: string[]): Promise<number> {
	for (let kills = 0; ; kills++) {
		const child = start(output, ...args);
		const closed = once(child, "close");
		const span = slowness * (LIFE.least + Math.random() * (LIFE.most - LIFE.least));
		const ended = await Promise.race([closed, setTimeout(span, undefined, { ref: false })]);
		if (ended !== undefined) {
			if (ended[0] !== 0) {
				throw new Error(`the batch ended with ${ended[0]}`);
			}
			return kills;
		}
		child.kill("SIGKILL");
		await closed;
	}
}

/** Results of two output folders that differ, and what is left half-written. */
async function compare(output: string, undisturbed: string): Promise<{ results: number; wrong: number; left: number }> {
	const namesOf = async (of: string) => (await readdir(join(folder, of), { recursive: true })).sort();
	const [names, expected] = [await namesOf(output), await namesOf(undisturbed)];
	const isResult = (name: string) => /\.jpg\/[a-z]+\.(png|json)$/.test(name);
	let wrong = 0;
	for (const name of new Set([...names, ...expected].filter(isResult))) {
		const [one, other] = await Promise.all(
			[output, undisturbed].map((of) => readFile(join(folder, of, name)).catch(() => Buffer.alloc(0))),
		);
		wrong += one.length > 0 && one.equals(other) ? 0 : 1;
	}
	return {
		results: names.filter((name) => name.endsWith("segments.json")).length,
		wrong,
		left: names.filter((name) => /dinoseg-(tmp|lock)$/.test(name)).length,
	};
}

/** Items that have more than one line in all manifests of a batch, and lines. */
async function countLines(output: string): Promise<{ lines: number; twice: number }> {
	const paths: string[] = [];
	for (const shard of await readdir(join(folder, output, "shards"))) {
		const text = await readFile(join(folder, output, "shards", shard, "manifest.jsonl"), "utf8");
		for (const line of text.trim().split("\n")) {
			const { status, path } = JSON.parse(line);
			if (status === "done") {
				paths.push(path);
			}
		}
	}
	return { lines: paths.length, twice: paths.length - new Set(paths).size };
}

async function soakKills(images: number, shards: number, processes: number): Promise<object> {
	await writeTwoColors(join(folder, "in"), images);
	const began = performance.now();
	await run("undisturbed");
	const undisturbedSeconds = (performance.now() - began) / 1000;
	const waiting = Array.from({ length: shards }, (_, index) => `${index + 1}/${shards}`);
	let kills = 0;
	await Promise.all(
		Array.from({ length: processes }, async () => {
			for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
				kills += await runWithKills("out", Math.max(1, processes / 1.5), "--shard", shard);
			}
		}),
	);
	const seconds = (performance.now() - began) / 1000 - undisturbedSeconds;
	const outcome = { images, shards, kills, ...(await compare("out", "undisturbed")), ...(await countLines("out")) };
	process.exitCode =
		outcome.results === images && outcome.wrong + outcome.left + outcome.twice === 0 && kills > 0 ? 0 : 1;
	return { ...outcome, undisturbedSeconds, seconds };
}

const FINISHED = 100_000;
/** Until new work begins, seconds. */
const RESUME_LIMIT = 2;

/** A batch of 100,000 images that are done, as its files are on the disk, and one that is not and comes last. */
async function soakResume(): Promise<object> {
	await writeTwoColors(join(folder, "in"), 1);
	await run("out");
	const manifest = join(folder, "out/shards/1-of-1/manifest.jsonl");
	const [runLine, line] = (await readFile(manifest, "utf8")).split("\n");
	const marker = await readFile(join(folder, "out/0/0.jpg/segments.json"));
	let lines = `${runLine}\n${line}\n`;
	for (let index = 1; index < FINISHED; index++) {
		const path = `${Math.floor(index / 1000)}/${index}.jpg`;
		if (index % 1000 === 0) {
			await mkdir(join(folder, "in", path, ".."), { recursive: true });
		}
		await writeFile(join(folder, "in", path), "");
		await mkdir(join(folder, "out", path), { recursive: true });
		await writeFile(join(folder, "out", path, "segments.json"), marker);
		lines += `${JSON.stringify({ ...JSON.parse(line), path })}\n`;
	}
	await writeFile(manifest, lines);
	// No image, so that its line tells when work on it began.
	await writeFile(join(folder, "in/zzz.jpg"), "no image");
	const size = (await stat(manifest)).size;
	const seconds: number[] = [];
	for (let time = 0; time < 3; time++) {
		const began = performance.now();
		const child = start("out");
		const closed = once(child, "close");
		while ((await stat(manifest)).size === size) {
			await setTimeout(5);
		}
		seconds.push((performance.now() - began) / 1000);
		await closed;
		await writeFile(manifest, lines);
	}
	const median = seconds.sort((a, b) => a - b)[1];
	process.exitCode = median < RESUME_LIMIT ? 0 : 1;
	return { finished: FINISHED, seconds: median, limit: RESUME_LIMIT };
}

/** Memory after the last image, as a multiple of that after the hundredth. */
const GROWTH_LIMIT = 1.1;

async function soakMemory(images: number): Promise<object> {
	await writeTwoColors(join(folder, "in"), images);
	const child = start("out");
	const closed = once(child, "close");
	const manifest = join(folder, "out/shards/1-of-1/manifest.jsonl");
	const memories: number[] = [];
	for (let done = 0; done < images; ) {
		await setTimeout(20);
		const text = await readFile(manifest, "utf8").catch(() => "");
		const before = done;
		done = text.split('"status":"done"').length - 1;
		if (done > before && done < images) {
			memories.push(...Array(done - before).fill(readMemory(`/proc/${child.pid}/status`)));
		}
	}
	await closed;
	// A mean over fifty images: between two collections of garbage a single one says little.
	const mean = (from: number) => memories.slice(from, from + 50).reduce((sum, value) => sum + value, 0) / 50;
	const [first, last] = [mean(100), mean(memories.length - 50)];
	process.exitCode = last < GROWTH_LIMIT * first ? 0 : 1;
	return { images, first, last, ratio: last / first, limit: GROWTH_LIMIT };
}

const SOAKS: Readonly<Record<string, () => Promise<object>>> = {
	kills: () => soakKills(300, 1, 1),
	shards: () => soakKills(300, 12, 4),
	resume: soakResume,
	memory: () => soakMemory(1000),
};

try {
	console.log(JSON.stringify(await SOAKS[process.argv[2]]()));
} finally {
	await rm(folder, { recursive: true });
}
