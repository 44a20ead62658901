/**
 * A batch, or a codebook, by workers that are killed, over a queue whose server is killed too. The arguments say where the
 * photographs and the results are, `disk` or `bucket`, what is made, `batch` or `fit`, and how many photographs there are.
 * Prints one line of JSON for `soak.ts`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startRedis } from "../fixtures/redis-server.ts";
import { startS3Server } from "../fixtures/s3-server.ts";
import { writeTwoColors } from "../fixtures/two-colors.ts";

const bin = fileURLToPath(new URL("../apps/cli/bin/dinoseg.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "dinoseg-soak-"));
const FLAGS = ["--input-size", "224", "-k", "3", "--quiet"];
const WORKERS = 4;
/** Between two kills of a worker, milliseconds. */
const KILL_MS = 5000;
const LEASE_SECONDS = 30;
/** Shares of the results that are there when the server of the queue is killed, and that of the bucket. */
const REDIS_KILLS = [0.25, 0.6];
const BUCKET_KILLS = [0.4];

const [place, task = "batch", count = "1000"] = process.argv.slice(2);
const images = Number(count);
const isBucket = place === "bucket";
const isFit = task === "fit";
const CODEBOOK = "scene.codebook";
/** Where the command writes to, and where the workers do. */
const output = isFit ? CODEBOOK : "out";
const written = isFit ? `${CODEBOOK}.parts` : output;

await using redis = await startRedis("--appendonly", "yes");
const openBucket = (port?: number) =>
	startS3Server({ folder: join(folder, "objects"), buckets: ["soak"], ...(port ? { port } : {}) });
let bucket = await openBucket();
const environment = {
	...process.env,
	...bucket.env,
	DINOSEG_QUEUE: redis.url,
	DINOSEG_CACHE: join(folder, "cache"),
};

function start(...args: string[]): ChildProcess {
	return spawn(process.execPath, [bin, ...args], {
		cwd: folder,
		env: environment,
		stdio: ["ignore", "ignore", "inherit"],
	});
}

const startWorker = () => start("worker", "--lease", `${LEASE_SECONDS}`, "--no-cache", "--quiet", "--concurrency", "2");

const isResult = (name: string) => (isFit ? name === CODEBOOK : /^out\/.*\.jpg\/[a-z]+\.(png|json)$/.test(name));

/** All that was written, by its name. */
async function names(): Promise<string[]> {
	if (isBucket) {
		return bucket
			.bucket("soak")
			.entries()
			.map(([key]) => key);
	}
	const found = await Promise.all(
		[...new Set([output, written])].map(async (name) => {
			const below = await readdir(join(folder, name), { recursive: true }).catch(() => undefined);
			return below?.map((path) => `${name}/${path}`) ?? [name];
		}),
	);
	return found.flat();
}

async function read(name: string): Promise<Buffer> {
	return isBucket
		? (bucket.bucket("soak").get(name)?.content ?? Buffer.alloc(0))
		: readFile(join(folder, name)).catch(() => Buffer.alloc(0));
}

/** Bytes of the results by name. */
async function results(): Promise<Map<string, Buffer>> {
	const found = (await names()).filter(isResult);
	return new Map(await Promise.all(found.map(async (name) => [name, await read(name)] as const)));
}

/** Images that are done, as far as the storage tells. */
async function countDone(): Promise<number> {
	return isFit
		? (await donePaths()).length
		: (await names()).filter((name) => name.startsWith("out/") && name.endsWith("segments.json")).length;
}

/** Paths of the lines of all manifests. */
async function donePaths(): Promise<string[]> {
	const manifests = (await names()).filter((name) => name.endsWith(".jsonl"));
	const texts = await Promise.all(manifests.map(async (name) => String(await read(name))));
	return texts
		.flatMap((text) => text.trim().split("\n"))
		.filter((text) => text !== "")
		.map((line) => JSON.parse(line) as { status: string; path: string })
		.flatMap(({ status, path }) => (status === "done" ? path : []));
}

/** What one process makes of the same photographs. */
async function undisturbed(): Promise<Map<string, Buffer>> {
	const other = join(folder, "undisturbed", output);
	const { DINOSEG_QUEUE: _, ...env } = environment;
	const child = spawn(process.execPath, [bin, task, isBucket ? "s3://soak/in/" : "in", "-o", other, ...FLAGS], {
		cwd: folder,
		env,
		stdio: ["ignore", "ignore", "inherit"],
	});
	await once(child, "close");
	if (isFit) {
		return new Map([[CODEBOOK, await readFile(other)]]);
	}
	const found = (await readdir(other, { recursive: true })).filter((name) => isResult(`${output}/${name}`));
	return new Map(
		await Promise.all(found.map(async (name) => [`${output}/${name}`, await readFile(join(other, name))] as const)),
	);
}

async function restart(what: "redis" | "bucket"): Promise<void> {
	if (what === "redis") {
		await redis.kill();
		await setTimeout(1000);
		await redis.start();
	} else {
		const { port } = bucket;
		await bucket[Symbol.asyncDispose]();
		await setTimeout(1000);
		bucket = await openBucket(port);
	}
}

async function soak(): Promise<object> {
	await writeTwoColors(join(folder, "in"), images);
	if (isBucket) {
		for (const name of (await readdir(join(folder, "in"), { recursive: true })).filter((file) =>
			file.endsWith(".jpg"),
		)) {
			bucket.bucket("soak").put(`in/${name}`, await readFile(join(folder, "in", name)));
		}
	}
	const began = performance.now();
	const expected = await undisturbed();
	const undisturbedSeconds = (performance.now() - began) / 1000;
	const command = isBucket
		? start(task, "s3://soak/in/", "-o", `s3://soak/${output}`, ...FLAGS)
		: start(task, "in", "-o", output, ...FLAGS);
	const ended = once(command, "close");
	let workers = Array.from({ length: WORKERS }, startWorker);
	const coming = [
		...REDIS_KILLS.map((share) => ({ share, what: "redis" as const })),
		...(isBucket ? BUCKET_KILLS.map((share) => ({ share, what: "bucket" as const })) : []),
	].sort((a, b) => a.share - b.share);
	let [kills, restarts, exits] = [0, 0, 0];
	let [next, done] = [0, 0];
	for (;;) {
		const code = await Promise.race([ended, setTimeout(KILL_MS, undefined, { ref: false })]);
		if (code !== undefined) {
			break;
		}
		// One that ended by itself, for instance while the bucket was away, is started again as a service manager does.
		workers = workers.map((worker) => {
			if (worker.exitCode === null) {
				return worker;
			}
			exits += 1;
			return startWorker();
		});
		const before = done;
		done = await countDone();
		if (isFit && done === before) {
			// What a worker saw of a chunk dies with it: on a busy machine, none would ever end.
			continue;
		}
		workers[next].kill("SIGKILL");
		workers[next] = startWorker();
		next = (next + 1) % WORKERS;
		kills += 1;
		if (done >= (coming[0]?.share ?? 2) * images) {
			await restart(coming.shift()?.what ?? "redis");
			restarts += 1;
		}
	}
	for (const worker of workers) {
		worker.kill("SIGTERM");
		await (worker.exitCode === null ? once(worker, "close") : undefined);
	}
	const found = await results();
	const wrong = [...new Set([...expected.keys(), ...found.keys()])].filter(
		(name) => !found.get(name)?.equals(expected.get(name) ?? Buffer.alloc(0)),
	).length;
	const paths = await donePaths();
	const left = (await names()).filter((name) => /dinoseg-(tmp|lock)$|\.(open|part)\.jsonl$/.test(name)).length;
	const seconds = (performance.now() - began) / 1000 - undisturbedSeconds;
	const made = await countDone();
	const twice = paths.length - new Set(paths).size;
	const isWell = command.exitCode === 0 && made === images && new Set(paths).size === images && wrong + twice === 0;
	process.exitCode = isWell && kills > 0 && coming.length === 0 ? 0 : 1;
	const exitCode = command.exitCode;
	return { images, results: made, exitCode, kills, restarts, exits, wrong, twice, left, undisturbedSeconds, seconds };
}

try {
	console.log(JSON.stringify(await soak()));
} finally {
	await bucket[Symbol.asyncDispose]();
	await rm(folder, { recursive: true });
}
