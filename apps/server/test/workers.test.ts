import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DinosegError } from "@dinoseg/core/errors";
import type { Segmenter } from "@dinoseg/node/segmenter";
import { describe, expect, it } from "vitest";
import { createJobs } from "../dist/work/jobs.js";
import { createWorkers } from "../dist/work/workers.js";

const NEVER = new AbortController().signal;

/** A promise that the test fulfils. */
function latch(): { readonly opened: Promise<void>; open(): void } {
	let open = (): void => {};
	const opened = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { opened, open: () => open() };
}

/** Workers whose segmenters do nothing but tell which they are. */
function makeWorkers(count: number) {
	const opened: string[] = [];
	const disposed: string[] = [];
	const workers = createWorkers({
		count,
		standard: "a",
		async open(model) {
			const name = `${model}${opened.length}`;
			opened.push(name);
			return { name, dispose: async () => void disposed.push(name) } as unknown as Segmenter;
		},
	});
	const nameOf = async (segmenter: Segmenter) => (segmenter as unknown as { name: string }).name;
	return { workers, opened, disposed, nameOf };
}

describe("workers", () => {
	it("open a model when it is first needed, and use it again", async () => {
		const { workers, opened, disposed, nameOf } = makeWorkers(2);
		for (let index = 0; index < 3; index++) {
			expect(await workers.run({ model: "a", imageId: `${index}` }, NEVER, nameOf)).toBe("a0");
		}
		expect(await workers.run({ model: "b", imageId: "0" }, NEVER, nameOf)).toBe("b1");
		expect(await workers.run({ model: "c", imageId: "0" }, NEVER, nameOf)).toMatch(/^c2$/);
		expect(opened).toEqual(["a0", "b1", "c2"]);
		expect(disposed).toHaveLength(1);
		await workers.dispose();
		expect(disposed).toHaveLength(3);
	});

	it("give an image to the one that knows it", async () => {
		const { workers, nameOf } = makeWorkers(2);
		const hold = latch();
		const first = workers.run({ model: "a", imageId: "x" }, NEVER, async (segmenter) => {
			await hold.opened;
			return nameOf(segmenter);
		});
		expect(await workers.run({ model: "a", imageId: "y" }, NEVER, nameOf)).toBe("a1");
		hold.open();
		expect(await first).toBe("a0");
		expect(await workers.run({ model: "a", imageId: "y" }, NEVER, nameOf)).toBe("a1");
		expect(await workers.run({ model: "a", imageId: "x" }, NEVER, nameOf)).toBe("a0");
	});

	it("take whatever model is there for what needs none, and the standard one where there is none", async () => {
		const { workers, opened, nameOf } = makeWorkers(1);
		expect(await workers.run({ imageId: "x" }, NEVER, nameOf)).toBe("a0");
		expect(await workers.run({ model: "b", imageId: "x" }, NEVER, nameOf)).toBe("b1");
		expect(await workers.run({ imageId: "y" }, NEVER, nameOf)).toBe("b1");
		expect(opened).toEqual(["a0", "b1"]);
	});

	it("do one thing at a time each, in the order of asking, and let who waits leave", async () => {
		const { workers } = makeWorkers(1);
		const done: number[] = [];
		const hold = latch();
		const leaver = new AbortController();
		const runs = [0, 1, 2, 3].map((index) =>
			workers.run({ model: "a", imageId: "x" }, index === 2 ? leaver.signal : NEVER, async () => {
				await hold.opened;
				done.push(index);
			}),
		);
		await expect.poll(() => workers.running).toBe(1);
		expect(workers.waiting).toBe(3);
		leaver.abort();
		await expect(runs[2]).rejects.toMatchObject({ code: "ABORTED" });
		expect(workers.waiting).toBe(2);
		hold.open();
		await Promise.allSettled(runs);
		expect(done).toEqual([0, 1, 3]);
	});

	it.each([
		[new Error("broken"), true],
		[new DinosegError("INTERNAL", "broken"), true],
		[new DinosegError("MODEL_RUN_FAILED", "broken"), true],
		[new DinosegError("IMAGE_CORRUPT", "bad image"), false],
	])("take a new segmenter after a fault, and only then: %s", async (error, isNew) => {
		const { workers, opened, disposed, nameOf } = makeWorkers(1);
		await expect(workers.run({ model: "a", imageId: "x" }, NEVER, () => Promise.reject(error))).rejects.toBe(error);
		expect(await workers.run({ model: "a", imageId: "x" }, NEVER, nameOf)).toBe(isNew ? "a1" : "a0");
		expect([opened.length, disposed.length]).toEqual(isNew ? [2, 1] : [1, 0]);
	});

	it("go on after a model that cannot be opened", async () => {
		let fails = true;
		const workers = createWorkers({
			count: 1,
			standard: "a",
			async open() {
				if (fails) {
					throw new DinosegError("MODEL_CONFIG_INVALID", "broken");
				}
				return { dispose: async () => undefined } as unknown as Segmenter;
			},
		});
		const use = () => workers.run({ model: "a", imageId: "x" }, NEVER, async () => "used");
		await expect(use()).rejects.toMatchObject({ code: "MODEL_CONFIG_INVALID" });
		fails = false;
		expect(await use()).toBe("used");
	});
});

describe("jobs", () => {
	const make = (capacity = 10) => {
		const failures: unknown[] = [];
		const jobs = createJobs({
			capacity,
			workers: 1,
			now: () => 0,
			onFailure: (id, error) => void failures.push([id, error]),
		});
		return { jobs, failures };
	};

	it("remember what was told of them, and their end", async () => {
		const { jobs } = make();
		const job = jobs.start(
			"a",
			async (_signal, tell) => {
				tell({ type: "begin" });
				tell({ type: "stage-start", stage: "decode" });
			},
			true,
		);
		const heard: string[] = [];
		job.listen(({ type }) => void heard.push(type));
		expect(job.status).toBe("queued");
		await job.ended;
		expect(job.status).toBe("done");
		expect(job.events.map((event) => ("status" in event ? event.status : event.type))).toEqual([
			"queued",
			"running",
			"stage-start",
			"done",
		]);
		expect(heard).toEqual(["status", "stage-start", "status"]);
		expect(jobs.find("a")).toBe(job);
	});

	it("take no place of their own for whom one was reserved", async () => {
		const { jobs } = make(1);
		const hold = latch();
		const releases = [jobs.reserve(), jobs.reserve()];
		const job = jobs.start("a", async () => hold.opened, true, true);
		expect([jobs.waiting, jobs.running]).toEqual([2, 0]);
		releases[0]();
		expect(() => jobs.start("b", async () => undefined, true)).not.toThrow();
		expect(() => jobs.reserve()).toThrow(/queue is full/);
		hold.open();
		await job.ended;
		releases[1]();
		expect(jobs.waiting).toBe(0);
	});

	it("tell of their failures once, also where nobody waits", async () => {
		const { jobs, failures } = make();
		const error = new Error("broken");
		const job = jobs.start("a", () => Promise.reject(error), true);
		await job.ended;
		expect(failures).toEqual([["a", error]]);
		await expect(jobs.wait(job, NEVER)).rejects.toBe(error);
	});

	it.each(["before", "after"])(
		"make room for a new one of the same name after a cancel, though the old one ends %s it",
		async (order) => {
			const { jobs } = make();
			const [oldHold, nextHold] = [latch(), latch()];
			const old = jobs.start("a", async () => oldHold.opened, true);
			expect(jobs.cancel("a")).toBe(true);
			const next = jobs.start("a", async () => nextHold.opened, true);
			expect(next).not.toBe(old);
			for (const end of order === "before" ? [old, next] : [next, old]) {
				(end === old ? oldHold : nextHold).open();
				await end.ended;
				expect(jobs.find("a")).toBe(next);
			}
		},
	);

	it("have places for as many as wait and run, and no more", async () => {
		const { jobs } = make(1);
		const hold = latch();
		const first = jobs.start("a", async () => hold.opened, true);
		const release = jobs.reserve();
		expect(() => jobs.start("b", async () => undefined, true)).toThrow(/queue is full/);
		expect(() => jobs.reserve()).toThrow(/queue is full/);
		// Who joins takes no place.
		expect(jobs.start("a", async () => undefined, true)).toBe(first);
		release();
		release();
		const second = jobs.start("b", async () => undefined, true);
		expect(() => jobs.reserve()).toThrow(/queue is full/);
		hold.open();
		await Promise.all([first.ended, second.ended]);
		jobs.reserve()();
	});

	it("hold nothing of what they did when they have ended", async () => {
		const { jobs } = make();
		// In a call of its own, for this one lives on and might hold it.
		const begin = () => {
			const held = { bytes: new Uint8Array(10) };
			const job = jobs.start("a", async () => void Object.keys(held), true);
			return { job, reference: new WeakRef(held) };
		};
		const { job, reference } = begin();
		await job.ended;
		setFlagsFromString("--expose-gc");
		const collect = runInNewContext("gc") as () => void;
		await expect
			.poll(() => {
				collect();
				// What is compared is held until the next look.
				return reference.deref() === undefined;
			})
			.toBe(true);
		expect(jobs.find("a")?.status).toBe("done");
	});

	it("are forgotten, the oldest first, when there are very many", async () => {
		const { jobs } = make();
		for (let index = 0; index < 1005; index++) {
			await jobs.start(`${index}`, async () => undefined, true).ended;
		}
		expect([jobs.find("4"), jobs.find("1004")?.status]).toEqual([undefined, "done"]);
	});

	it("are not taken any more while the service ends, and what is left then is cancelled", async () => {
		const { jobs } = make();
		const job = jobs.start(
			"a",
			(signal) =>
				new Promise((_resolve, reject) => {
					signal.addEventListener("abort", () => reject(new DinosegError("ABORTED", "cancelled")));
				}),
			true,
		);
		const waiting = expect(jobs.wait(job, NEVER)).rejects.toMatchObject({ code: "SERVICE_STOPPING" });
		const stopping = jobs.stop(1);
		expect(() => jobs.reserve()).toThrow(/about to end/);
		await stopping;
		await waiting;
		expect(job.status).toBe("cancelled");
	});
});
