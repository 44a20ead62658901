/**
 * Lets images trickle into a watched folder, in two writes each, while the watching process is killed and the folder goes
 * away now and then. Prints one line of JSON for `soak.ts`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { readPeakMemory } from "../fixtures/peak-memory.ts";

const IMAGES = 400;
/** Between two images, milliseconds: they come about as fast as they are segmented. */
const GAP = 100;
/** Every so manieth image the process is killed; the folder is away for a time in the middle between. */
const KILL_STEP = 100;
const AWAY = 3000;
const LONGEST = 600_000;
/** Bytes that the process may take at most. */
const LIMIT = 1e9;

const bin = fileURLToPath(new URL("../apps/cli/bin/dinoseg.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "dinoseg-soak-"));
const [input, output] = ["in", "out"].map((name) => join(folder, name));
const flags = ["--input-size", "112", "-k", "3", "--restarts", "1", "--quiet", "--json"];

function start(): ChildProcess {
	return spawn(process.execPath, [bin, "watch", "in", ...flags], {
		cwd: folder,
		env: { ...process.env, DINOSEG_CACHE: join(folder, "cache") },
		stdio: ["ignore", "pipe", "inherit"],
	});
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<string> {
	let text = "";
	child.stdout?.on("data", (part: Buffer) => {
		text += part.toString();
	});
	child.kill(signal);
	await once(child, "close");
	return text;
}

async function image(index: number): Promise<Buffer> {
	const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: 128 };
	const left = { create: { width: 40 + (index % 50), height: 96, channels: 3 as const, background: "#e0c040" } };
	return sharp({ create: { width: 128, height: 96, channels: 3, background } })
		.composite([{ input: left, left: 0, top: 0 }])
		.jpeg()
		.toBuffer();
}

async function complete(): Promise<number> {
	const names = await readdir(output, { recursive: true }).catch(() => []);
	return names.filter((name) => name.endsWith("segments.json")).length;
}

try {
	await mkdir(input);
	const began = performance.now();
	let child = start();
	let kills = 0;
	for (let index = 0; index < IMAGES; index++) {
		const [bytes, path] = [await image(index), join(input, `${index}.jpg`)];
		await writeFile(path, bytes.subarray(0, bytes.length / 2));
		await setTimeout(GAP);
		await appendFile(path, bytes.subarray(bytes.length / 2));
		if (index % KILL_STEP === KILL_STEP - 1) {
			await end(child, "SIGKILL");
			kills += 1;
			child = start();
		} else if (index % KILL_STEP === KILL_STEP / 2) {
			await rename(input, `${input}-away`);
			await setTimeout(AWAY);
			await rename(`${input}-away`, input);
		}
	}
	while ((await complete()) < IMAGES && performance.now() - began < LONGEST) {
		await setTimeout(GAP);
	}
	const seconds = (performance.now() - began) / 1000;
	// The last page is written, and nothing more is found to do.
	await setTimeout(AWAY);
	const peak = readPeakMemory(`/proc/${child.pid}/status`);
	const { results } = JSON.parse(await end(child, "SIGINT")) as { results: { status: string }[] };
	const failed = results.filter((result) => result.status === "failed").length;
	const left = (await readdir(output, { recursive: true })).filter((name) => /dinoseg-(tmp|lock)$/.test(name)).length;
	const done = await complete();
	console.log(JSON.stringify({ images: IMAGES, done, failed, kills, left, seconds, peak, limit: LIMIT }));
	process.exitCode = done === IMAGES && failed === 0 && left === 0 && peak < LIMIT ? 0 : 1;
} finally {
	await rm(folder, { recursive: true });
}
