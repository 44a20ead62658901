import { createRandom } from "@dinoseg/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cluster, simulate } from "./simulate.ts";

const CALM: Cluster = {
	workers: 4,
	spread: 0,
	slowShare: 0,
	slowness: 1,
	failuresAnHour: 0,
	restartSeconds: 60,
};

describe("a simulated run", () => {
	it("does every image once, however often workers end", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 60 }),
				fc.integer({ min: 1, max: 20 }),
				fc.double({ min: 0, max: 20, noNaN: true }),
				fc.integer(),
				(pieces, workers, failuresAnHour, seed) => {
					const cluster = { ...CALM, workers, spread: 0.2, slowShare: 0.1, slowness: 4, failuresAnHour };
					const run = simulate(cluster, { pieces, takeoverSeconds: 300 }, 0.5, createRandom(seed));
					expect(run.images).toBe(pieces.reduce((sum, images) => sum + images, 0));
				},
			),
		);
	});

	it("takes the least time but for the last piece where nothing goes wrong", () => {
		const pieces = new Array<number>(1000).fill(32);
		const run = simulate(CALM, { pieces, takeoverSeconds: 300 }, 1, createRandom(1));
		expect(run.seconds / run.leastSeconds).toBeGreaterThan(0.99);
		expect(run.seconds).toBeLessThan(run.leastSeconds * 1.01 + 64);
	});

	it("waits for the slowest worker where each has one piece", () => {
		const cluster = { ...CALM, workers: 100, slowShare: 0.05, slowness: 4 };
		const pieces = new Array<number>(100).fill(100);
		const random = createRandom(3);
		expect(simulate(cluster, { pieces, takeoverSeconds: 0 }, 1, random).seconds).toBeGreaterThan(300);
	});
});
