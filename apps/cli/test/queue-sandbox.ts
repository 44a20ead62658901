import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CHUNK_BOUNDS, type JobQueue } from "@dinoseg/jobs";
import { Redis } from "ioredis";
import sharp from "sharp";
import { expect } from "vitest";
import type { Sandbox } from "./harness.ts";

const LEASE_SECONDS = 30;
/** For a test with other processes, on a machine that may be busy. */
export const LONG_MS = 180_000;
export const PATIENCE = { timeout: 60_000, interval: 20 };

/** Whether a chunk ends after an image of this name. */
function endsChunk(name: string): boolean {
	return createHash("sha256").update(name).digest().readUInt32BE(0) % CHUNK_BOUNDS.mean === 0;
}

/** Pictures of two colours, of which four end chunks. */
export async function writePictures(folder: string, count: number): Promise<void> {
	const names = Array.from({ length: 1000 }, (_, index) => `${index}.png`);
	const ends = names.filter(endsChunk).slice(0, 4);
	const chosen = [...ends, ...names.filter((name) => !endsChunk(name)).slice(0, count - ends.length)];
	await mkdir(folder, { recursive: true });
	for (const [index, name] of chosen.entries()) {
		const left = { create: { width: 20 + index, height: 48, channels: 3 as const, background: "#e0c040" } };
		await sharp({ create: { width: 64 + index, height: 48, channels: 3, background: "#204080" } })
			.composite([{ input: left, left: 0, top: 0 }])
			.png()
			.toFile(join(folder, name));
	}
}

/** A process that is gone when it is disposed of, whatever failed. */
export function startIn(sandbox: Sandbox, environment: Readonly<Record<string, string>>, ...args: string[]) {
	const { child, ended } = sandbox.start(args, environment);
	return {
		child,
		ended,
		async [Symbol.asyncDispose]() {
			child.kill("SIGKILL");
			await ended;
		},
	};
}

/** The same with the address of a queue. */
export const start = (sandbox: Sandbox, url: string, ...args: string[]) =>
	startIn(sandbox, { DINOSEG_QUEUE: url }, ...args);

/** A worker in a process of its own, and the lines of its log as they come. */
export function startWorker(sandbox: Sandbox, url: string, ...args: string[]) {
	const worker = start(sandbox, url, "worker", "--lease", `${LEASE_SECONDS}`, ...args);
	let text = "";
	worker.child.stderr?.on("data", (bytes) => {
		text += bytes;
	});
	const lines = (): Record<string, unknown>[] =>
		text
			.split("\n")
			.slice(0, -1)
			.map((line) => JSON.parse(line));
	return { ...worker, lines, images: () => lines().filter(({ image }) => image !== undefined) };
}

/** End the leases of workers that are gone. */
export async function endLeases(url: string): Promise<void> {
	const client = new Redis(url);
	const locks = await client.keys("dinoseg:jobs:*:lock");
	for (const lock of locks) {
		const seconds = (await client.pttl(lock)) / 1000;
		expect(seconds).toBeLessThanOrEqual(LEASE_SECONDS);
		expect(seconds).toBeGreaterThan(LEASE_SECONDS / 2);
	}
	await client.del(...locks);
	client.disconnect();
}

/** A run in the queue, changed before a worker meets it. */
export async function changeRun(queue: JobQueue, change: (data: Record<string, unknown>) => object): Promise<void> {
	for (const { id, data } of await queue.listRuns()) {
		await queue.openRun({ id, data: change(data as never) as never });
	}
}
