import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { imageForm, startService, type TestService, useService } from "./support/service.ts";

const astronaut = await readFile(fileURLToPath(new URL("../../../examples/astronaut.jpg", import.meta.url)));
/** Options that take seconds. */
const SLOW = { clusters: 200, init: "k-means++", restarts: 100, whiten: 0 };

const slowForm = (seed: number) => imageForm(astronaut, { options: JSON.stringify({ ...SLOW, seed }) });

async function status(service: TestService, id: string): Promise<unknown> {
	return (await service.json(`/v1/jobs/${id}`))["status"];
}

/** Take all of an answer: the end of the service waits for it. */
async function read(answer: Response): Promise<Response> {
	await answer.arrayBuffer();
	return answer;
}

/** Values of the metrics by their names, 0 of one that was not counted yet. */
async function metrics(service: TestService): Promise<(name: string) => number> {
	const lines = (await (await service.fetch("/metrics")).text()).split("\n");
	return (name) => Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length) ?? 0);
}

/** Jobs that run and wait. */
async function counts(service: TestService): Promise<{ running: number; waiting: number }> {
	const of = await metrics(service);
	return { running: of("dinoseg_jobs_running"), waiting: of("dinoseg_jobs_waiting") };
}

/** How often k-means came to its end. */
const clusterings = async (service: TestService) =>
	(await metrics(service))('dinoseg_stage_seconds_count{stage="kmeans"}');

describe("a job", () => {
	const service = useService();

	it("ends when it is cancelled, and can be asked for again", async () => {
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
		await using hasty = await startService({ jobSeconds: 1 });
		expect(await hasty.json("/v1/segment", 422, slowForm(1))).toMatchObject({ code: "JOB_TOO_LONG" });
	});

	it("that fails tells why", async () => {
		const cut = astronaut.subarray(0, 20_000);
		const id = await service.segment(await service.send(cut));
		await expect.poll(() => status(service, id)).toBe("failed");
		expect(await service.json(`/v1/jobs/${id}`)).toMatchObject({ error: { code: "IMAGE_CORRUPT", status: 422 } });
		expect(await service.json(`/v1/segmentations/${id}`, 422)).toMatchObject({ code: "IMAGE_CORRUPT" });
		expect(await service.json("/v1/segment", 422, imageForm(cut))).toMatchObject({ code: "IMAGE_CORRUPT" });
	});

	it("is made once for all that ask at the same time", async () => {
		const imageId = await service.send(astronaut);
		const before = await clusterings(service);
		const ids = await Promise.all(Array.from({ length: 10 }, () => service.segment(imageId, { clusters: 4 })));
		expect(new Set(ids).size).toBe(1);
		await service.fetch(`/v1/segmentations/${ids[0]}`);
		expect(await clusterings(service)).toBe(before + 1);
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
	/** @param graceMs for requests to end by themselves: on a busy machine, short work takes longer than the usual. */
	const startWithGrace = (graceMs: number) => startService({}, undefined, undefined, graceMs);

	it("lets short work end, and takes no more", async () => {
		await using service = await startWithGrace(60_000);
		const imageId = await service.send(astronaut);
		const id = await service.segment(imageId, { clusters: 5 });
		const labels = service.fetch(`/v1/segmentations/${id}/labels.png`);
		await expect.poll(async () => (await counts(service)).running).toBeLessThanOrEqual(1);
		const closing = service.close();
		const { status: answered } = await labels.then(read);
		expect(answered).toBe(200);
		expect(await closing).toBe(true);
		// Whoever got the port since then does not know the image.
		const later = await service.fetch(`/v1/images/${imageId}`).catch(() => undefined);
		expect([undefined, 404]).toContain(later?.status);
	});

	it("cancels long work, and takes less than ten seconds", async () => {
		await using service = await startWithGrace(500);
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
		const { status: answered } = await service.fetch(`/v1/segmentations/${id}/overlay.png`).then(read);
		expect(answered).toBe(200);
	});
});
