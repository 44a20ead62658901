/**
 * A batch by workers that are killed, over a queue whose server is killed too. The arguments say where the photographs and the
 * results are, `disk` or `bucket`, and how many photographs there are. Prints one line of JSON for `soak.ts`.
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
const LEASE_SECONDS = 30;
/** Between two kills of a worker, milliseconds. */
const KILL_MS = 5000;
/** Shares of the results that are there when the server of the queue is killed, and that of the bucket. */
const REDIS_KILLS = [0.25, 0.6];
const BUCKET_KILLS = [0.4];

const [place, count = "1000"] = process.argv.slice(2);
const images = Number(count);
const isBucket = place === "bucket";

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

/** Bytes of the results that the workers made, by name. */
async function results(): Promise<Map<string, Buffer>> {
	const isResult = (name: string) => /\.jpg\/[a-z]+\.(png|json)$/.test(name);
	if (isBucket) {
		const objects = bucket.bucket("soak");
		const keys = objects.entries().map(([key]) => key);
		return new Map(
			keys
				.filter((key) => key.startsWith("out/") && isResult(key))
				.map((key) => [key.slice("out/".length), objects.get(key)?.content ?? Buffer.alloc(0)]),
		);
	}
	const names = (await readdir(join(folder, "out"), { recursive: true }).catch(() => [])).filter(isResult);
	return new Map(
		await Promise.all(names.map(async (name) => [name, await readFile(join(folder, "out", name))] as const)),
	);
}

/** Names of what the workers wrote. */
async function names(): Promise<string[]> {
	return isBucket
		? bucket
				.bucket("soak")
				.entries()
				.flatMap(([key]) => (key.startsWith("out/") ? [key.slice("out/".length)] : []))
		: readdir(join(folder, "out"), { recursive: true }).catch(() => []);
}

/** Paths of the lines of all manifests. */
async function donePaths(): Promise<string[]> {
	const manifests = (await names()).filter((name) => name.endsWith(".jsonl"));
	const texts = await Promise.all(
		manifests.map(async (name) =>
			isBucket
				? String(bucket.bucket("soak").get(`out/${name}`)?.content)
				: readFile(join(folder, "out", name), "utf8"),
		),
	);
	return texts
		.flatMap((text) => text.trim().split("\n"))
		.map((line) => JSON.parse(line) as { status: string; path: string })
		.flatMap(({ status, path }) => (status === "done" ? path : []));
}

async function undisturbed(): Promise<Map<string, Buffer>> {
	const output = join(folder, "undisturbed");
	const { DINOSEG_QUEUE: _, ...env } = environment;
	const child = spawn(process.execPath, [bin, "batch", isBucket ? "s3://soak/in/" : "in", "-o", output, ...FLAGS], {
		cwd: folder,
		env,
		stdio: ["ignore", "ignore", "inherit"],
	});
	await once(child, "close");
	const found = (await readdir(output, { recursive: true })).filter((name) => /\.jpg\/[a-z]+\.(png|json)$/.test(name));
	return new Map(await Promise.all(found.map(async (name) => [name, await readFile(join(output, name))] as const)));
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
	const batch = start("batch", isBucket ? "s3://soak/in/" : "in", "-o", isBucket ? "s3://soak/out" : "out", ...FLAGS);
	const ended = once(batch, "close");
	let workers = Array.from({ length: WORKERS }, startWorker);
	const coming = [
		...REDIS_KILLS.map((share) => ({ share, what: "redis" as const })),
		...(isBucket ? BUCKET_KILLS.map((share) => ({ share, what: "bucket" as const })) : []),
	].sort((a, b) => a.share - b.share);
	let [kills, restarts, exits] = [0, 0, 0];
	for (let next = 0; ; next = (next + 1) % WORKERS) {
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
		workers[next].kill("SIGKILL");
		workers[next] = startWorker();
		kills += 1;
		const made = (await names()).filter((name) => name.endsWith("segments.json")).length;
		if (made >= (coming[0]?.share ?? 2) * images) {
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
	const made = [...found.keys()].filter((name) => name.endsWith("segments.json")).length;
	const twice = paths.length - new Set(paths).size;
	const isWell = batch.exitCode === 0 && made === images && new Set(paths).size === images && wrong + twice === 0;
	process.exitCode = isWell && kills > 0 && coming.length === 0 ? 0 : 1;
	const exitCode = batch.exitCode;
	return { images, results: made, exitCode, kills, restarts, exits, wrong, twice, left, undisturbedSeconds, seconds };
}

try {
	console.log(JSON.stringify(await soak()));
} finally {
	await bucket[Symbol.asyncDispose]();
	await rm(folder, { recursive: true });
}
