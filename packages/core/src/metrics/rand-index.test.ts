import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadJson } from "../../../../fixtures/load.ts";
import { adjustedRandIndex } from "./rand-index.ts";

interface Pair {
	readonly gt: readonly number[];
	readonly pred: readonly number[];
	readonly ignore_label: number | null;
	readonly adjusted_rand: number;
}

const { pairs } = loadJson<{ pairs: Record<string, Pair> }>("reference/metrics/metrics.json");

const labelling = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 60 });

describe("adjustedRandIndex", () => {
	it("is 1 for the same partition however it is numbered", () => {
		fc.assert(
			fc.property(fc.array(fc.nat(6)), (labels) => {
				const renamed = labels.map((label) => 1000 - 7 * label);
				expect(adjustedRandIndex(labels, renamed)).toBe(1);
			}),
		);
	});

	it("is symmetric and at most 1", () => {
		fc.assert(
			fc.property(labelling, (elements) => {
				const a = elements.map((element) => element[0]);
				const b = elements.map((element) => element[1]);
				const score = adjustedRandIndex(a, b);
				expect(score).toBeLessThanOrEqual(1);
				expect(adjustedRandIndex(b, a)).toBeCloseTo(score, 12);
			}),
		);
	});

	it("leaves ignored elements out", () => {
		fc.assert(
			fc.property(labelling, (elements) => {
				const kept = elements.filter((element) => element[0] !== 2);
				expect(
					adjustedRandIndex(
						elements.map((element) => element[0]),
						elements.map((element) => element[1]),
						{ ignoreLabel: 2 },
					),
				).toBe(
					adjustedRandIndex(
						kept.map((element) => element[0]),
						kept.map((element) => element[1]),
					),
				);
			}),
		);
	});

	it.each(Object.entries(pairs))("equals scikit-learn on %s", (_name, pair) => {
		const options = pair.ignore_label === null ? {} : { ignoreLabel: pair.ignore_label };
		const score = adjustedRandIndex(pair.gt, pair.pred, options);
		expect(Math.abs(score - pair.adjusted_rand)).toBeLessThanOrEqual(1e-9);
	});

	it("refuses labellings of different lengths", () => {
		expect(() => adjustedRandIndex([0, 1], [0])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
	});
});
