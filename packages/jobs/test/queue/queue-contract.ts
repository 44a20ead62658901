import type { ConsumeOptions, JobOutcome, JobQueue, Lease, QueuedJob } from "@dinoseg/jobs";
import fc from "fast-check";
import { expect, it } from "vitest";

/** Opens an empty queue. */
export type OpenEmpty = (options?: { readonly mostWaiting?: number }) => Promise<JobQueue>;

const DONE: JobOutcome = { type: "done", counts: { images: 2 } };
const FAILED: JobOutcome = { type: "failed", code: "IMAGE_CORRUPT", message: "in/a.jpg: all of them\nare damaged" };
const RETURNED: JobOutcome = { type: "returned" };

function jobsOf(...ids: string[]): QueuedJob[] {
	return ids.map((id) => ({ id, run: "run", data: { of: id } }));
}

/** Something that a test ends by itself. */
function gate() {
	let open = () => {};
	const passed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open: () => open(), passed };
}

function consume(queue: JobQueue, handle: ConsumeOptions["handle"], concurrency = 1) {
	return queue.consume({ concurrency, leaseMs: 60_000, handle });
}

/** Do all jobs, and end. @returns what was in hands. */
async function doAll(queue: JobQueue, outcomeOf: (lease: Lease) => JobOutcome | Promise<JobOutcome> = () => DONE) {
	const leases: Lease[] = [];
	const consumer = consume(queue, async (lease) => {
		leases.push(lease);
		return outcomeOf(lease);
	});
	const state = async () => ({ ...(await queue.counts()), isIdle: consumer.isIdle() });
	await expect.poll(state).toMatchObject({ waiting: 0, active: 0, isIdle: true });
	consumer.drain();
	await consumer.ended;
	return leases;
}

const idsOf = (leases: readonly Lease[]) => leases.map(({ job }) => job.id);

/** What every queue does. */
export function itIsAQueue(openEmpty: OpenEmpty): void {
	it("gives every job as it was added, and what was noted, whatever they hold", async () => {
		await using queue = await openEmpty();
		let number = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.jsonValue()), { minLength: 1, maxLength: 5 }),
				async (parts) => {
					const jobs = parts.map(([id, data]) => ({ id: `${number++}${id}`, run: "run", data }) as QueuedJob);
					await queue.add(jobs);
					expect(await queue.pending(jobs.map(({ id }) => id))).toEqual(new Set(jobs.map(({ id }) => id)));
					const leases = await doAll(queue, async ({ job, noted, note }) => {
						if (noted !== undefined) {
							return DONE;
						}
						await note(job.data);
						return RETURNED;
					});
					const given = JSON.parse(JSON.stringify(leases.map(({ job, noted = "nothing" }) => [job, noted])));
					const asJson = JSON.parse(JSON.stringify(jobs)) as QueuedJob[];
					expect(given).toEqual(
						asJson.flatMap((job) => [
							[job, "nothing"],
							[job, job.data],
						]),
					);
				},
			),
			{ numRuns: 5 },
		);
	});

	it("loses none and gives none twice, whatever becomes of them and however many are in work", async () => {
		await using queue = await openEmpty();
		let run = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.array(fc.constantFrom(RETURNED), { maxLength: 2 }), { minLength: 1, maxLength: 12 }),
				fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
				fc.integer({ min: 1, max: 4 }),
				async (returns, isBad, concurrency) => {
					const name = `run ${run++}`;
					const jobs = returns.map((_, index) => ({ id: `${name} ${index}`, run: name, data: index }));
					const left = returns.map((outcomes, index) => [...outcomes, isBad[index] ? FAILED : DONE]);
					let inWork = 0;
					let most = 0;
					const consumer = consume(
						queue,
						async ({ job }) => {
							most = Math.max(most, ++inWork);
							await Promise.resolve();
							inWork--;
							return left[Number(job.data)]?.shift() as JobOutcome;
						},
						concurrency,
					);
					await queue.add(jobs);
					await expect.poll(async () => (await queue.runCounts(name)).ended).toBe(jobs.length);
					consumer.drain();
					await consumer.ended;
					expect(left.flat()).toEqual([]);
					expect(most).toBeLessThanOrEqual(concurrency);
					const failed = jobs.filter((_, index) => isBad[index]).length;
					const images = 2 * (jobs.length - failed);
					expect(await queue.runCounts(name)).toEqual({
						ended: jobs.length,
						failed,
						counts: images === 0 ? {} : { images },
					});
				},
			),
			{ numRuns: 5 },
		);
	});

	it("gives the oldest first, and before it one that was returned, with what was noted", async () => {
		await using queue = await openEmpty();
		await queue.add(jobsOf("a", "b", "c"));
		const leases = await doAll(queue, async ({ job, noted, note }) => {
			if (job.id !== "b" || noted !== undefined) {
				return DONE;
			}
			await note({ images: ["1.jpg"] });
			await note({ images: ["1.jpg", "2.jpg"] });
			return RETURNED;
		});
		expect(idsOf(leases)).toEqual(["a", "b", "b", "c"]);
		expect(leases.map(({ noted }) => noted)).toEqual([undefined, undefined, { images: ["1.jpg", "2.jpg"] }, undefined]);
		expect(leases.map(({ stalls }) => stalls)).toEqual([0, 0, 0, 0]);
	});

	it("has each id once while it waits, is in work or failed, and again when it was done", async () => {
		await using queue = await openEmpty();
		const held = gate();
		await queue.add(jobsOf("work"));
		const consumer = consume(queue, () => held.passed.then(() => DONE));
		await expect.poll(async () => (await queue.counts()).active).toBe(1);
		consumer.drain();
		await queue.add(jobsOf("work", "bad", "bad"));
		expect(await queue.counts()).toEqual({ waiting: 1, active: 1, failed: 0 });
		expect(await queue.pending(["work", "bad", "other"])).toEqual(new Set(["work", "bad"]));
		held.open();
		await consumer.ended;
		expect(await queue.pending(["work", "bad"])).toEqual(new Set(["bad"]));

		await doAll(queue, () => FAILED);
		await queue.add(jobsOf("bad", "work"));
		expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 1 });
		expect(await queue.pending(["work", "bad"])).toEqual(new Set(["work"]));
		expect(idsOf(await doAll(queue))).toEqual(["work"]);
	});

	it("forgets those that failed, of those that it is told to, and takes them anew", async () => {
		await using queue = await openEmpty();
		await queue.add(jobsOf("a", "b", "c"));
		await doAll(queue, ({ job }) => (job.id === "c" ? DONE : FAILED));
		await queue.add(jobsOf("d"));
		const { type: _, ...why } = FAILED;
		expect(await queue.forgetFailed(["a", "c", "d", "unknown"])).toEqual(new Map([["a", why]]));
		expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 1 });
		expect(await queue.runCounts("run")).toEqual({ ended: 2, failed: 1, counts: { images: 2 } });
		await queue.add(jobsOf("a", "b"));
		expect(idsOf(await doAll(queue))).toEqual(["d", "a"]);
	});

	it("takes no new job when it is drained, and ends with those in work", async () => {
		await using queue = await openEmpty();
		const held = gate();
		await queue.add(jobsOf("a", "b", "c"));
		const taken: string[] = [];
		const consumer = consume(
			queue,
			async ({ job }) => {
				taken.push(job.id);
				await held.passed;
				return DONE;
			},
			2,
		);
		await expect.poll(() => taken).toEqual(["a", "b"]);
		expect(consumer.isIdle()).toBe(false);
		consumer.drain();
		let hasEnded = false;
		const ended = consumer.ended.then(() => {
			hasEnded = true;
		});
		await queue.counts();
		expect(hasEnded).toBe(false);
		held.open();
		await ended;
		expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
		expect(idsOf(await doAll(queue))).toEqual(["c"]);
	});

	it("gives nothing away when it is drained while it waits", async () => {
		await using queue = await openEmpty();
		const consumer = consume(queue, async () => DONE);
		await expect.poll(() => consumer.isIdle()).toBe(true);
		consumer.drain();
		await queue.add(jobsOf("a"));
		await consumer.ended;
		await expect.poll(async () => await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
		const leases = await doAll(queue);
		expect(leases.map(({ job, stalls }) => [job.id, stalls])).toEqual([["a", 0]]);
	});

	it("returns a job that threw, and ends the consumer with what it threw", async () => {
		await using queue = await openEmpty();
		await queue.add(jobsOf("a", "b"));
		const consumer = consume(queue, async () => {
			throw new RangeError("the disk is full");
		});
		await expect(consumer.ended).rejects.toThrow(RangeError);
		expect(await queue.counts()).toEqual({ waiting: 2, active: 0, failed: 0 });
		expect(idsOf(await doAll(queue))).toEqual(["a", "b"]);
	});

	it("waits while too many wait, and is told to wait no more", async () => {
		await using queue = await openEmpty({ mostWaiting: 3 });
		const abort = new AbortController();
		const adding = queue.add(jobsOf("a", "b", "c", "d"), abort.signal);
		await expect.poll(async () => (await queue.counts()).waiting).toBe(3);
		abort.abort();
		await expect(adding).rejects.toMatchObject({ code: "ABORTED" });
		expect((await queue.counts()).waiting).toBe(3);

		const more = queue.add(jobsOf("d", "e"));
		const leases = await Promise.all([doAll(queue, async () => DONE), more]).then(([first]) => first);
		leases.push(...(await doAll(queue)));
		expect(idsOf(leases)).toEqual(["a", "b", "c", "d", "e"]);
	});

	it("knows runs by what was last said of them, and their counts", async () => {
		await using queue = await openEmpty();
		expect(await queue.readRun("run")).toBeUndefined();
		expect(await queue.listRuns()).toEqual([]);
		expect(await queue.runCounts("run")).toEqual({ ended: 0, failed: 0, counts: {} });
		await queue.openRun({ id: "run", data: { k: 5 } });
		await queue.openRun({ id: "another:run", data: null });
		await queue.add(jobsOf("a", "b"));
		await doAll(queue, ({ job }) => (job.id === "a" ? DONE : { type: "done", counts: { images: 1, bad: 3 } }));
		await queue.openRun({ id: "run", data: { k: 6 } });
		expect((await queue.listRuns()).map(({ id }) => id).sort()).toEqual(["another:run", "run"]);
		expect(await queue.readRun("run")).toEqual({ id: "run", data: { k: 6 } });
		expect(await queue.readRun("another:run")).toEqual({ id: "another:run", data: null });
		expect(await queue.runCounts("run")).toEqual({ ended: 2, failed: 0, counts: { images: 3, bad: 3 } });
	});

	it("knows workers until they go, or say nothing any more", async () => {
		await using queue = await openEmpty();
		await queue.announce({ id: "a", data: { done: 1 } }, 60_000);
		await queue.announce({ id: "a", data: { done: 2 } }, 60_000);
		await queue.announce({ id: "b", data: null }, 60_000);
		const workers = async () => [...(await queue.workers())].sort((one, other) => (one.id < other.id ? -1 : 1));
		expect(await workers()).toEqual([
			{ id: "a", data: { done: 2 } },
			{ id: "b", data: null },
		]);
		await queue.announce({ id: "b", data: null }, 1);
		await expect.poll(workers).toEqual([{ id: "a", data: { done: 2 } }]);
		await queue.withdraw("a");
		expect(await workers()).toEqual([]);
	});

	it("tells those in work when it is disposed of, and waits for them", async () => {
		const queue = await openEmpty();
		await queue.add(jobsOf("a", "b"));
		const seen: string[] = [];
		const consumer = consume(queue, async ({ job, signal }) => {
			seen.push(`took ${job.id}`);
			await new Promise((resolve) => signal.addEventListener("abort", resolve));
			seen.push(`left ${job.id}`);
			return RETURNED;
		});
		await expect.poll(() => seen).toEqual(["took a"]);
		await queue[Symbol.asyncDispose]();
		expect(seen).toEqual(["took a", "left a"]);
		await consumer.ended;
		await queue[Symbol.asyncDispose]();
	});
}
