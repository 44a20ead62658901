import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { imageForm, startService, type TestService } from "./support/service.ts";

const astronaut = await readFile(fileURLToPath(new URL("../../../examples/astronaut.jpg", import.meta.url)));
/** Options that take seconds. */
const SLOW = { clusters: 200, init: "k-means++", restarts: 100, whiten: 0 };

const slowForm = (seed: number) => imageForm(astronaut, { options: JSON.stringify({ ...SLOW, seed }) });

async function status(service: TestService, id: string): Promise<unknown> {
	return (await service.json(`/v1/jobs/${id}`))["status"];
}

/** Jobs that run and wait, by the metrics. */
async function counts(service: TestService): Promise<{ running: number; waiting: number }> {
	const text = await (await service.fetch("/metrics")).text();
	const of = (name: string) => Number(new RegExp(`^dinoseg_jobs_${name} (\\d+)$`, "m").exec(text)?.[1]);
	return { running: of("running"), waiting: of("waiting") };
}

describe("a job", () => {
	it("ends when it is cancelled, and can be asked for again", async () => {
		await using service = await startService();
		const imageId = await service.send(astronaut);
		const id = await service.segment(imageId, SLOW);
		await expect.poll(() => status(service, id)).toBe("running");
		const before = performance.now();
		expect(await service.json(`/v1/jobs/${id}`, 200, { method: "DELETE" })).toEqual({ id, status: "cancelled" });
		expect(performance.now() - before).toBeLessThan(2000);
		expect(await service.segment(imageId, SLOW)).toBe(id);
		await expect.poll(() => status(service, id)).toBe("running");
		expect(await service.json(`/v1/jobs/${id}`, 200, { method: "DELETE" })).toEqual({ id, status: "cancelled" });
		expect(await service.json(`/v1/jobs/${id}`, 200, { method: "DELETE" })).toEqual({ id, status: "cancelled" });
	});

	it("that waits can be cancelled too", async () => {
		await using service = await startService();
		const imageId = await service.send(astronaut);
		const first = await service.segment(imageId, { ...SLOW, seed: 1 });
		const second = await service.segment(imageId, { ...SLOW, seed: 2 });
		expect(await status(service, second)).toBe("queued");
		expect(await service.json(`/v1/jobs/${second}`, 200, { method: "DELETE" })).toEqual({
			id: second,
			status: "cancelled",
		});
		await service.json(`/v1/jobs/${first}`, 200, { method: "DELETE" });
	});

	it("is cancelled when its client goes away, but not that of another who waits for it", async () => {
		await using service = await startService();
		const leaver = new AbortController();
		const leaving = service.fetch("/v1/segment", { ...slowForm(1), signal: leaver.signal }).catch(() => "gone");
		const stayer = new AbortController();
		await expect.poll(async () => (await counts(service)).running).toBe(1);
		const staying = service.fetch("/v1/segment", { ...slowForm(1), signal: stayer.signal }).catch(() => "gone");
		await expect.poll(async () => (await service.files()).filter((file) => file.startsWith("uploads/")).length).toBe(0);
		leaver.abort();
		expect(await leaving).toBe("gone");
		expect((await counts(service)).running).toBe(1);
		stayer.abort();
		expect(await staying).toBe("gone");
		await expect.poll(() => counts(service)).toEqual({ running: 0, waiting: 0 });
	});

	it("that takes too long ends as its client's fault", async () => {
		await using service = await startService({ jobSeconds: 1 });
		expect(await service.json("/v1/segment", 422, slowForm(1))).toMatchObject({ code: "JOB_TOO_LONG" });
	});

	it("that fails tells why", async () => {
		await using service = await startService();
		const cut = astronaut.subarray(0, 20_000);
		const id = await service.segment(await service.send(cut));
		await expect.poll(() => status(service, id)).toBe("failed");
		expect(await service.json(`/v1/jobs/${id}`)).toMatchObject({ error: { code: "IMAGE_CORRUPT", status: 422 } });
		expect(await service.json(`/v1/segmentations/${id}`, 422)).toMatchObject({ code: "IMAGE_CORRUPT" });
		expect(await service.json("/v1/segment", 422, imageForm(cut))).toMatchObject({ code: "IMAGE_CORRUPT" });
	});

	it("is made once for all that ask at the same time", async () => {
		await using service = await startService();
		const imageId = await service.send(astronaut);
		const ids = await Promise.all(Array.from({ length: 10 }, () => service.segment(imageId, { clusters: 4 })));
		expect(new Set(ids).size).toBe(1);
		await service.fetch(`/v1/segmentations/${ids[0]}`);
		const text = await (await service.fetch("/metrics")).text();
		expect(text).toMatch(/^dinoseg_stage_seconds_count\{stage="kmeans"\} 1$/m);
	});
});

describe("a full queue", () => {
	it("refuses with the time to come back, before the image is sent", async () => {
		await using service = await startService({ maxQueue: 1 });
		const imageId = await service.send(astronaut);
		const ids = [
			await service.segment(imageId, { ...SLOW, seed: 1 }),
			await service.segment(imageId, { ...SLOW, seed: 2 }),
		];
		for (const [path, init] of [
			["/v1/segment", imageForm(astronaut)],
			["/v1/images", imageForm(astronaut)],
			[
				"/v1/segmentations",
				{
					method: "POST",
					headers: { "content-type": "application/json" },
					body: JSON.stringify({ imageId, options: { clusters: 7 } }),
				},
			],
		] as const) {
			const answer = await service.fetch(path, init);
			expect(answer.status, path).toBe(503);
			expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
			expect(await answer.json()).toMatchObject({ code: "QUEUE_FULL" });
		}
		// What is known already is answered all the same.
		expect((await service.fetch(`/v1/images/${imageId}`)).status).toBe(200);
		expect((await service.fetch("/healthz")).status).toBe(200);
		for (const id of ids) {
			await service.fetch(`/v1/jobs/${id}`, { method: "DELETE" });
		}
		expect((await service.fetch("/v1/segment?clusters=2", imageForm(astronaut))).status).toBe(200);
	});
});

describe("the end of the service", () => {
	it("lets short work end, and takes no more", async () => {
		await using service = await startService();
		const imageId = await service.send(astronaut);
		const id = await service.segment(imageId, { clusters: 5 });
		const labels = service.fetch(`/v1/segmentations/${id}/labels.png`);
		await expect.poll(async () => (await counts(service)).running).toBeLessThanOrEqual(1);
		const closing = service.close();
		expect((await labels).status).toBe(200);
		expect(await closing).toBe(true);
		await expect(service.fetch("/healthz")).rejects.toThrow();
	});

	it("cancels long work, and takes less than ten seconds", async () => {
		await using service = await startService();
		const slow = service.fetch("/v1/segment", {
			...imageForm(astronaut, { options: JSON.stringify({ ...SLOW, clusters: 1000 }) }),
		});
		await expect.poll(async () => (await counts(service)).running).toBe(1);
		const before = performance.now();
		const closing = service.close();
		const answer = await slow;
		expect([answer.status, answer.headers.has("retry-after")]).toEqual([503, true]);
		expect(await answer.json()).toMatchObject({ code: "SERVICE_STOPPING" });
		expect(await closing).toBe(true);
		expect(performance.now() - before).toBeLessThan(10_000);
	});

	it("keeps what was made for the next start, and removes what was not", async () => {
		await using service = await startService();
		const imageId = await service.send(astronaut);
		const id = await service.segment(imageId, { clusters: 5 });
		const before = Buffer.from(await (await service.fetch(`/v1/segmentations/${id}/labels.png`)).arrayBuffer());
		await service.restart();
		expect(await service.json(`/v1/jobs/${id}`)).toEqual({ id, status: "done" });
		const after = Buffer.from(await (await service.fetch(`/v1/segmentations/${id}/labels.png`)).arrayBuffer());
		expect(after.equals(before)).toBe(true);
		expect((await service.fetch(`/v1/segmentations/${id}/overlay.png`)).status).toBe(200);
	});
});
