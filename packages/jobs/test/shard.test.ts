import { formatIndices, isInShard, parseShard, shardOfScheduler } from "@dinoseg/jobs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const invalid = expect.objectContaining({ code: "OPTION_INVALID" });

describe("isInShard", () => {
	it("puts every path into exactly one shard", () => {
		fc.assert(
			fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (path, count) => {
				const shards = Array.from({ length: count }, (_, index) => ({ number: index + 1, count }));
				expect(shards.filter((shard) => isInShard(path, shard))).toHaveLength(1);
			}),
		);
	});

	it("fills the shards alike", () => {
		const paths = Array.from({ length: 20_000 }, (_, index) => `photos/${index}.jpg`);
		const sizes = Array.from(
			{ length: 10 },
			(_, index) => paths.filter((path) => isInShard(path, { number: index + 1, count: 10 })).length,
		);
		// Five standard deviations of a fair draw are 212.
		for (const size of sizes) {
			expect(Math.abs(size - 2000)).toBeLessThan(212);
		}
	});

	it("is the rest of the 64 bits of the hash, at every count", () => {
		// SHA-256 of "abc" begins so: FIPS 180-2, appendix B.1.
		const hash = 0xba7816bf8f01cfean;
		for (const count of [2, 3, 7, 100, 65_537, 99_991, 100_000]) {
			expect(isInShard("abc", { number: Number(hash % BigInt(count)) + 1, count }), `${count}`).toBe(true);
		}
	});
});

describe("parseShard", () => {
	it("reads a number and how many there are", () => {
		expect(parseShard("3/100")).toEqual({ number: 3, count: 100 });
		expect(parseShard("1/1")).toEqual({ number: 1, count: 1 });
	});

	it.each(["", "3", "0/4", "5/4", "1/0", "-1/4", "1.5/4", "1/100001", "a/b", "1/2/3", " 1/2"])("refuses %j", (text) => {
		expect(() => parseShard(text)).toThrow(invalid);
	});
});

describe("shardOfScheduler", () => {
	it.each([
		["Slurm from 0", { SLURM_ARRAY_TASK_ID: "2", SLURM_ARRAY_TASK_COUNT: "10", SLURM_ARRAY_TASK_MIN: "0" }, 3, 10, 0],
		["Slurm from 1", { SLURM_ARRAY_TASK_ID: "10", SLURM_ARRAY_TASK_COUNT: "10", SLURM_ARRAY_TASK_MIN: "1" }, 10, 10, 1],
		["AWS Batch", { AWS_BATCH_JOB_ARRAY_INDEX: "0", AWS_BATCH_JOB_ARRAY_SIZE: "4" }, 1, 4, 0],
	] as const)("%s", (_, env, number, count, firstIndex) => {
		expect(shardOfScheduler(env)).toEqual({ number, count, firstIndex });
		expect(shardOfScheduler(env, count)).toEqual({ number, count, firstIndex });
		expect(() => shardOfScheduler(env, count + 1)).toThrow(invalid);
	});

	it("takes the count of Kubernetes' Jobs, which do not say it, from the caller", () => {
		expect(shardOfScheduler({ JOB_COMPLETION_INDEX: "5" }, 8)).toEqual({ number: 6, count: 8, firstIndex: 0 });
	});

	it("finds nothing where there is no scheduler", () => {
		expect(shardOfScheduler({})).toBeUndefined();
	});

	it("refuses a count without an index, and an index without a count", () => {
		expect(() => shardOfScheduler({}, 8)).toThrow(invalid);
		expect(() => shardOfScheduler({ JOB_COMPLETION_INDEX: "5" })).toThrow(invalid);
		expect(() => shardOfScheduler({ SLURM_ARRAY_TASK_ID: "5" })).toThrow(invalid);
	});

	it.each([
		{ SLURM_ARRAY_TASK_ID: "x", SLURM_ARRAY_TASK_COUNT: "10" },
		{ SLURM_ARRAY_TASK_ID: "-1", SLURM_ARRAY_TASK_COUNT: "10" },
		{ SLURM_ARRAY_TASK_ID: "10", SLURM_ARRAY_TASK_COUNT: "10" },
		{ SLURM_ARRAY_TASK_ID: "4", SLURM_ARRAY_TASK_COUNT: "2", SLURM_ARRAY_TASK_MIN: "1" },
		{ SLURM_ARRAY_TASK_ID: "0", SLURM_ARRAY_TASK_COUNT: "2", SLURM_ARRAY_TASK_MIN: "1" },
	])("refuses %j", (env) => {
		expect(() => shardOfScheduler(env)).toThrow(invalid);
	});
});

describe("formatIndices", () => {
	it("joins runs", () => {
		expect(formatIndices([3, 17, 40, 41, 42, 43, 44])).toBe("3,17,40-44");
		expect(formatIndices([])).toBe("");
	});

	it("names every index once", () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.nat(60)), (given) => {
				const indices = given.sort((a, b) => a - b);
				const read = formatIndices(indices)
					.split(",")
					.filter((run) => run !== "")
					.flatMap((run) => {
						const [first, last = first] = run.split("-").map(Number);
						return Array.from({ length: last - first + 1 }, (_, index) => first + index);
					});
				expect(read).toEqual(indices);
			}),
		);
	});
});
