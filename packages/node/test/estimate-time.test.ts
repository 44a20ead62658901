import type { ModelConfig } from "@dinoseg/core/model";
import { countOperations, estimateRunTime, loadCheckpoint, resolveModel } from "@dinoseg/node";
import { describe, expect, it } from "vitest";
import { useLiveWorkers } from "./support/live-workers.ts";

const workers = useLiveWorkers();
const input = { inputWidth: 518, inputHeight: 518 };
const vitSmall = {
	family: "dinov2",
	hiddenSize: 384,
	layers: 12,
	heads: 6,
	mlp: "gelu",
	mlpSize: 1536,
	registers: 0,
	patchSize: 14,
	imageSize: 518,
	layerNormEps: 1e-6,
	biases: { query: true, key: true, value: true },
} as const;

describe("countOperations", () => {
	it("is the sum over the matrix products of one block, counted one by one", () => {
		const tokens = 1370;
		const projections = 4 * 2 * tokens * 384 * 384;
		const scores = 2 * tokens * tokens * 384;
		const mixed = 2 * tokens * tokens * 384;
		const feedForward = 2 * 2 * tokens * 384 * 1536;
		const embedding = 2 * 1369 * 3 * 14 * 14 * 384;
		expect(countOperations({ ...vitSmall, layers: 1 }, input)).toBe(
			projections + scores + mixed + feedForward + embedding,
		);
	});

	it("grows with depth, width, registers and the picture", () => {
		const count = countOperations(vitSmall, input);
		for (const change of [{ layers: 13 }, { hiddenSize: 390 }, { registers: 4 }, { mlp: "swiglu" as const }]) {
			expect(countOperations({ ...vitSmall, ...change }, input)).toBeGreaterThan(count);
		}
		expect(countOperations(vitSmall, { inputWidth: 532, inputHeight: 518 })).toBeGreaterThan(count);
	});
});

describe("estimateRunTime", () => {
	const side = { inputWidth: 112, inputHeight: 112 };

	/** What `estimateRunTime` says where the three runs that it measures take these milliseconds. */
	async function estimateWith(runs: readonly number[], change: (small: ModelConfig) => Partial<ModelConfig>) {
		const small = await loadCheckpoint((await resolveModel("tiny")).folder);
		// Even readings are starts, odd ones ends.
		const readings = runs.flatMap((milliseconds, run) => [1000 * run, 1000 * run + milliseconds]);
		const now = () => readings.shift() as number;
		const changed = { ...small.config, ...change(small.config) } as ModelConfig;
		const estimated = await estimateRunTime(changed, side, small, 1, now);
		expect(readings, "every reading was taken").toEqual([]);
		return estimated;
	}

	it.each([[[30, 50, 70]], [[50, 30, 70]], [[70, 50, 30]]])(
		"is the least of the measured times for the small network itself: %j",
		async (runs) => {
			expect(await estimateWith(runs, () => ({}))).toBe(30);
		},
	);

	it("grows with the operations of another network, and faster beyond those of the small one", async () => {
		const { config } = await loadCheckpoint((await resolveModel("tiny")).folder);
		const share = (layers: number) => countOperations({ ...config, layers }, side) / countOperations(config, side);
		expect(await estimateWith([30, 30, 30], () => ({ layers: 4 }))).toBeCloseTo(30 * share(4), 9);
		const large = await estimateWith([30, 30, 30], () => ({ layers: 80 }));
		expect(large).toBeGreaterThan(30 * share(80));
		expect(large).toBeLessThan(2 * 30 * share(80));
	});

	it("measures the small network, and ends its thread", async () => {
		const small = await loadCheckpoint((await resolveModel("tiny")).folder);
		const start = performance.now();
		const own = await estimateRunTime(small.config, side, small, 1);
		expect(own).toBeGreaterThan(0);
		// The least of three times that lie one after the other.
		expect(own).toBeLessThanOrEqual((performance.now() - start) / 3);
		expect([workers.started > 0, workers.live]).toEqual([true, 0]);
	});
});
