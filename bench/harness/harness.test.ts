import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { createRandom } from "@dinoseg/core";
import { medianBlur } from "@dinoseg/core/image";
import { loadKernels } from "@dinoseg/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ArrayStore, createArrayStore } from "../inputs/array-store.ts";
import { alternate } from "./alternate.ts";
import { groupTable } from "./group-table.ts";
import { startRivals } from "./rivals.ts";
import { summarise } from "./statistics.ts";

const python = process.env["PYTHON"] ?? "/usr/bin/python3";

describe("alternate", () => {
	it("takes turns, and leaves out the warm-up", async () => {
		const order: string[] = [];
		const contender = (name: string) => async () => {
			order.push(name);
			return order.length <= 10 ? 900 : 500;
		};
		const timings = await alternate([contender("a"), contender("b")], false);
		const warmUps = [...Array.from({ length: 5 }, () => "a"), ...Array.from({ length: 5 }, () => "b")];
		expect(order).toEqual([...warmUps, ...Array.from({ length: 11 }, () => ["a", "b"]).flat()]);
		expect(timings).toEqual([
			{ median: 500, min: 500, samples: 11 },
			{ median: 500, min: 500, samples: 11 },
		]);
	});

	it("runs once what takes long, while the others go on", async () => {
		let long = 0;
		const timings = await alternate([async () => 1000 * ++long + 9000, async () => 100], false);
		expect(long).toBe(1);
		expect(timings).toMatchObject([
			{ median: 10_000, samples: 1 },
			{ median: 100, samples: 11 },
		]);
	});
});

describe("summarise", () => {
	it.each([
		[[3, 1, 2], 2, 1],
		[[4, 1, 2, 3], 2.5, 1],
		[[7], 7, 7],
	])("%j", (times, median, min) => {
		expect(summarise(times)).toEqual({ median, min, samples: times.length });
	});
});

describe("groupTable", () => {
	it("shows losses, what did not run and what is not there", () => {
		const outcome = (median: number, summary: number) => ({ timing: { median, min: median, samples: 5 }, summary });
		const group = {
			name: "g",
			title: "G",
			about: "",
			javascript: "ml",
			python: "sk",
			agreement: { title: "Same", describe: (ours: number, theirs: number) => `${ours}, ${theirs}` },
			cases: [],
		};
		const rows = [
			{
				name: "a",
				result: { reference: outcome(40, 1), simd: outcome(20, 1), javascript: "not run", python: outcome(10, 2) },
			},
			{
				name: "b",
				result: { reference: "not run", simd: outcome(1.234, 3), javascript: outcome(2, 3), python: "not installed" },
			},
		].map((row) => ({ ...row, peakMemory: "99" }));
		const [, , first, second] = groupTable(group, rows).split("\n");
		expect(first).toBe("| a | 40.0 | 20.0 | not run | 10.0 | – | 2.00 | 1, 2 | 99 |");
		expect(second).toBe("| b | not run | 1.23 | 2.00 | not installed | 0.62 | – | – | 99 |");
	});
});

describe("the rivals in Python", () => {
	let folder: string;
	let store: ArrayStore;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "dinoseg-harness-"));
		store = createArrayStore(folder);
	});

	afterAll(() => rm(folder, { recursive: true }));

	it("are absent where there is no Python", async () => {
		expect(await startRivals(join(folder, "python"))).toBeUndefined();
	});

	it("get the values that ours gets (skipped without Python and OpenCV)", async ({ skip }) => {
		await using rivals = await startRivals(python);
		skip(!rivals?.versions["OpenCV"], "OpenCV is not installed");
		const random = createRandom(3);
		const stored = await store.array("pixels", "uint8", () => ({
			data: Uint8Array.from({ length: 30 * 40 * 3 }, () => 256 * random.next()),
			shape: [30, 40, 3],
		}));
		const { data } = medianBlur(await loadKernels(), { data: stored.data, width: 40, height: 30 }, { window: 5 });
		const library = await rivals?.prepare({ task: "median", arrays: { pixels: stored }, parameters: { window: 5 } });
		expect(library).toBe("OpenCV");
		expect((await rivals?.run())?.summary).toBe(crc32(data));
	});
});
