import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	adjustedRandOf,
	contingencyTable,
	coveringOfTruth,
	createConfusionCounter,
	matchedScores,
	matchManyToOne,
	matchOneToOne,
	normalisedMutualInformation,
	randIndex,
	variationOfInformation,
} from "./index.ts";

const labelling = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 80 });
const column = (elements: readonly (readonly [number, number])[], at: 0 | 1) => elements.map((element) => element[at]);

describe("contingencyTable", () => {
	it("counts every element once, densely or sparsely", () => {
		const scale = fc.constantFrom(1, 1000);
		fc.assert(
			fc.property(labelling, scale, (elements, factor) => {
				// Labels that all differ make the full matrix far larger than the number of elements.
				const truth = elements.map(([label], i) => (factor === 1 ? label : label + i * factor));
				const predicted = elements.map(([, label], i) => (factor === 1 ? label : label + i * factor));
				const table = contingencyTable(truth, predicted);
				const expected = new Map<string, number>();
				truth.forEach((label, i) => {
					const key = `${label} ${predicted[i]}`;
					expected.set(key, (expected.get(key) ?? 0) + 1);
				});
				const counted = table.cells.map(({ row, column: at, count }): [string, number] => [
					`${table.truthLabels[row]} ${table.predictedLabels[at]}`,
					count,
				]);
				expect(new Map(counted)).toEqual(expected);
				expect(table.total).toBe(elements.length);
			}),
		);
	});

	it("counts pixels as it counts any numbers", () => {
		fc.assert(
			fc.property(
				labelling,
				fc.constantFrom(undefined, 0, 2, 5, 9, -1, 0.5),
				fc.boolean(),
				(elements, ignoreLabel, isWide) => {
					const options = ignoreLabel === undefined ? {} : { ignoreLabel };
					const [truth, predicted] = [column(elements, 0), column(elements, 1)];
					const narrow = isWide ? Uint16Array : Uint8Array;
					const pixels = contingencyTable(narrow.from(truth), Uint8Array.from(predicted), options);
					expect(pixels).toEqual(contingencyTable(truth, predicted, options));
				},
			),
		);
	});

	it("gives the scores of a perfect match to the same partition, and only to it", () => {
		fc.assert(
			fc.property(labelling, (elements) => {
				const truth = column(elements, 0);
				const renamed = truth.map((label) => 90 - label);
				const same = contingencyTable(truth, renamed);
				expect(randIndex(same)).toBe(1);
				expect(adjustedRandOf(same)).toBe(1);
				expect(variationOfInformation(same)).toBeCloseTo(0, 10);
				expect(normalisedMutualInformation(same)).toBeCloseTo(1, 10);
				const { covered, total } = coveringOfTruth(same);
				expect(covered).toBe(total);

				const other = contingencyTable(truth, column(elements, 1));
				expect(randIndex(other) === 1).toBe(adjustedRandOf(other) === 1);
				expect(coveringOfTruth(other).covered).toBeLessThanOrEqual(other.total);
			}),
		);
	});

	it("is symmetric in its scores but for the covering", () => {
		fc.assert(
			fc.property(labelling, (elements) => {
				const there = contingencyTable(column(elements, 0), column(elements, 1));
				const back = contingencyTable(column(elements, 1), column(elements, 0));
				for (const score of [randIndex, adjustedRandOf, variationOfInformation, normalisedMutualInformation]) {
					expect(score(there)).toBeCloseTo(score(back), 10);
				}
			}),
		);
	});

	it("refuses labellings of different lengths", () => {
		expect(() => contingencyTable([0, 1], [0])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
	});
});

describe("matched scores", () => {
	it("over several pictures are those of all their pixels together", () => {
		fc.assert(
			fc.property(fc.array(labelling, { minLength: 1, maxLength: 4 }), (pictures) => {
				const streamed = createConfusionCounter(3);
				for (const picture of pictures) {
					streamed.add(column(picture, 0), column(picture, 1));
				}
				const whole = createConfusionCounter(3);
				whole.add(column(pictures.flat(), 0), column(pictures.flat(), 1));
				expect(streamed.matrix()).toEqual(whole.matrix());
			}),
		);
	});

	it("one-to-one matches never more pixels than many-to-one", () => {
		fc.assert(
			fc.property(labelling, (elements) => {
				const counter = createConfusionCounter();
				counter.add(column(elements, 0), column(elements, 1));
				const matrix = counter.matrix();
				const one = matchedScores(matrix, matchOneToOne(matrix)).pixelAccuracy;
				expect(one).toBeLessThanOrEqual(matchedScores(matrix, matchManyToOne(matrix)).pixelAccuracy);
			}),
		);
	});

	it("have no value where nothing was counted", () => {
		const matrix = createConfusionCounter().matrix();
		expect(matchedScores(matrix, matchOneToOne(matrix)).meanIou).toBeNaN();
	});

	it.each([[[-1]], [[0.5]], [[65536]], [[Number.NaN]]])("refuse the label %j", (labels) => {
		const counter = createConfusionCounter();
		expect(() => counter.add(labels, [0])).toThrow(expect.objectContaining({ code: "LABEL_OUT_OF_RANGE" }));
		expect(() => counter.add([0], labels)).toThrow(expect.objectContaining({ code: "LABEL_OUT_OF_RANGE" }));
	});

	it("refuse more pairs than memory should hold", () => {
		const counter = createConfusionCounter();
		counter.add([60_000], [0]);
		expect(() => counter.add([0], [60_000])).toThrow(expect.objectContaining({ code: "LABEL_OUT_OF_RANGE" }));
	});
});
