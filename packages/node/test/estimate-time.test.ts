import { countOperations, estimateRunTime, loadCheckpoint, resolveModel } from "@dinoseg/node";
import { describe, expect, it } from "vitest";

const input = { inputWidth: 518, inputHeight: 518 };
const vitSmall = {
	hiddenSize: 384,
	layers: 12,
	heads: 6,
	mlp: "gelu",
	mlpSize: 1536,
	registers: 0,
	patchSize: 14,
	imageSize: 518,
	layerNormEps: 1e-6,
	qkvBias: true,
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
	it("is the measured time for the small network itself, and more for a larger one", async () => {
		const small = await loadCheckpoint((await resolveModel("tiny")).folder);
		const side = { inputWidth: 224, inputHeight: 224 };
		const own = await estimateRunTime(small.config, side, small, 1);
		expect(own).toBeGreaterThan(0);
		expect(await estimateRunTime({ ...small.config, layers: 80 }, side, small, 1)).toBeGreaterThan(own);
	});
});
