import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	adjustedRandIndex,
	boundaryCounts,
	boundaryScores,
	createConfusionCounter,
	datasetScores,
	evaluateImage,
	matchedScores,
	matchManyToOne,
	matchOneToOne,
	meanOf,
	regionScores,
	scoreNames,
	spreadOf,
	summariseRuns,
	TRUTH_KINDS,
} from "../index.ts";

const WIDTH = 8;
const HEIGHT = 5;
const raster = (labels: number) =>
	fc
		.uint8Array({ minLength: WIDTH * HEIGHT, maxLength: WIDTH * HEIGHT, max: labels - 1 })
		.map((data) => ({ data, width: WIDTH, height: HEIGHT }));
const image = fc.record({
	annotations: fc.array(raster(5), { minLength: 1, maxLength: 3 }),
	predicted: raster(4),
});

describe("evaluateImage", () => {
	it("gives a perfect segmentation the best of every score, however it is numbered", () => {
		fc.assert(
			fc.property(raster(5), fc.constantFrom(...TRUTH_KINDS), (truth, kind) => {
				const predicted = { ...truth, data: truth.data.map((label) => 40 - 3 * label) };
				const { scores } = evaluateImage({ annotations: [truth], predicted, kind });
				expect(Object.keys(scores).sort()).toEqual([...scoreNames(kind)].sort());
				const { variationOfInformation, segments, ...shares } = scores;
				expect(variationOfInformation).toBeCloseTo(0, 10);
				expect(segments).toBe(new Set(truth.data).size);
				for (const [name, score] of Object.entries(shares)) {
					expect(score, name).toBeCloseTo(1, 10);
				}
			}),
		);
	});

	it("holds the scores of the functions that it joins", () => {
		fc.assert(
			fc.property(image, ({ annotations, predicted }) => {
				const { scores, boundary } = evaluateImage({ annotations, predicted, kind: "regions" });
				const truths = annotations.map(({ data }) => data);
				expect(scores).toMatchObject({ ...regionScores(truths, predicted.data) });
				expect(boundary).toEqual(boundaryCounts(annotations, predicted));
				expect(scores.boundaryF).toBe(boundaryScores(boundary).f);
				const each = truths.map((truth) => adjustedRandIndex(truth, predicted.data));
				expect(scores.adjustedRandIndex).toBe(meanOf(each));
			}),
		);
	});

	it("matches classes as the confusion matrix of the image does", () => {
		fc.assert(
			fc.property(raster(5), raster(4), (truth, predicted) => {
				const { scores } = evaluateImage({ annotations: [truth], predicted, kind: "classes", ignoreLabel: 2 });
				const counter = createConfusionCounter(2);
				counter.add(truth.data, predicted.data);
				const matrix = counter.matrix();
				const many = matchedScores(matrix, matchManyToOne(matrix));
				const one = matchedScores(matrix, matchOneToOne(matrix));
				expect(scores.pixelAccuracyManyToOne).toBeCloseTo(many.pixelAccuracy, 12);
				expect(scores.meanIouManyToOne).toBeCloseTo(many.meanIou, 12);
				expect(scores.pixelAccuracyOneToOne).toBeCloseTo(one.pixelAccuracy, 12);
			}),
		);
	});

	it("does not look at ignored pixels", () => {
		fc.assert(
			fc.property(raster(5), raster(4), raster(4), (truth, predicted, other) => {
				const isIgnored = (at: number) => truth.data[at] === 0;
				const changed = { ...predicted, data: predicted.data.map((id, at) => (isIgnored(at) ? other.data[at] : id)) };
				const evaluate = (map: typeof predicted) => {
					const { scores } = evaluateImage({ annotations: [truth], predicted: map, kind: "classes", ignoreLabel: 0 });
					// Thinning sees the lines that are left out later, and ids count wherever they are.
					const { boundaryPrecision, boundaryRecall, boundaryF, segments, ...rest } = scores;
					return rest;
				};
				expect(evaluate(changed)).toEqual(evaluate(predicted));
			}),
		);
	});

	it("has no score where the truth leaves nothing to count", () => {
		const truth = { data: new Uint8Array(6).fill(255), width: 3, height: 2 };
		const predicted = { ...truth, data: Uint8Array.of(0, 1, 2, 0, 1, 2) };
		const { scores } = evaluateImage({ annotations: [truth], predicted, kind: "classes", ignoreLabel: 255 });
		const { segments, ...others } = scores;
		expect(segments).toBe(3);
		expect(Object.keys(others)).toHaveLength(12);
		expect(Object.values(others).every((score) => Number.isNaN(score))).toBe(true);
	});

	it("refuses maps of different sizes, also with as many pixels, and names the image", () => {
		const truth = { data: new Uint8Array(6), width: 3, height: 2 };
		const predicted = { data: new Uint8Array(6), width: 2, height: 3 };
		const evaluate = () => evaluateImage({ annotations: [truth], predicted, kind: "regions", name: "3063" });
		expect(evaluate).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
		expect(evaluate).toThrow(/^3063: annotation 1 must be as large as the segmentation \(2 x 3\), got 3 x 2/);
	});

	it("refuses more classes than can be matched, and scores them as regions", () => {
		const data = Uint16Array.from({ length: 11_000 }, (_, at) => at);
		const truth = { data, width: 110, height: 100 };
		const predicted = { ...truth, data: data.map((at) => at % 100) };
		const evaluate = (kind: "regions" | "classes") => evaluateImage({ annotations: [truth], predicted, kind });
		expect(() => evaluate("classes")).toThrow(expect.objectContaining({ code: "LABEL_OUT_OF_RANGE" }));
		expect(evaluate("regions").scores.segments).toBe(100);
	});
});

describe("datasetScores", () => {
	const images = fc.array(image, { minLength: 1, maxLength: 4 });

	it("is the mean over images, and the scores of all their pixels together", () => {
		fc.assert(
			fc.property(images, (all) => {
				const each = all.map((one) => evaluateImage({ ...one, kind: "classes", ignoreLabel: 4 }));
				const { mean, together } = datasetScores(each, "classes");
				for (const name of scoreNames("classes")) {
					expect(mean[name], name).toBe(meanOf(each.map(({ scores }) => scores[name] as number)));
				}
				const counter = createConfusionCounter(4);
				for (const { annotations, predicted } of all) {
					for (const { data } of annotations) {
						counter.add(data, predicted.data);
					}
				}
				const matrix = counter.matrix();
				const many = matchedScores(matrix, matchManyToOne(matrix));
				expect(together.meanIouManyToOne).toBeCloseTo(many.meanIou, 12);
				expect(together.pixelAccuracyManyToOne).toBeCloseTo(many.pixelAccuracy, 12);
			}),
		);
	});

	it("does not depend on the order of the images but for rounding", () => {
		fc.assert(
			fc.property(images, (all) => {
				const each = all.map((one) => evaluateImage({ ...one, kind: "classes" }));
				const there = datasetScores(each, "classes");
				const back = datasetScores([...each].reverse(), "classes");
				expect(back.together).toEqual(there.together);
				expect(back.mean.covering).toBeCloseTo(there.mean.covering as number, 12);
			}),
		);
	});

	it("leaves images without a score out of the means, and has none for no image", () => {
		const truth = { data: Uint8Array.of(0, 0, 1, 1), width: 2, height: 2 };
		const void255 = { ...truth, data: new Uint8Array(4).fill(255) };
		const evaluate = (annotation: typeof truth) =>
			evaluateImage({ annotations: [annotation], predicted: truth, kind: "classes", ignoreLabel: 255 });
		const both = datasetScores([evaluate(truth), evaluate(void255)], "classes");
		expect(both.mean).toMatchObject({ covering: 1, meanIouOneToOne: 1, segments: 2 });
		expect(both.together).toMatchObject({ boundaryF: 1, pixelAccuracyOneToOne: 1 });
		const none = datasetScores([evaluate(void255)], "classes");
		expect(none.mean.covering).toBeNaN();
		expect(none.together.boundaryF).toBeNaN();
		expect(none.together.meanIouOneToOne).toBeNaN();
	});

	it("has boundaries together only for regions", () => {
		const truth = { data: Uint8Array.of(0, 0, 1, 1), width: 2, height: 2 };
		const { together } = datasetScores(
			[evaluateImage({ annotations: [truth], predicted: truth, kind: "regions" })],
			"regions",
		);
		expect(together).toEqual({ boundaryPrecision: 1, boundaryRecall: 1, boundaryF: 1 });
	});
});

describe("summariseRuns", () => {
	it("has the mean and the sample deviation over runs", () => {
		const run = (covering: number) => ({ mean: { covering }, together: { boundaryF: 0.5 } });
		const { mean, together } = summariseRuns([run(0.5), run(0.6), run(0.7)]);
		expect(mean.covering?.mean).toBeCloseTo(0.6, 12);
		expect(mean.covering?.sd).toBeCloseTo(0.1, 12);
		expect(together.boundaryF).toEqual({ mean: 0.5, sd: 0 });
		expect(summariseRuns([run(0.5)]).mean.covering).toEqual({ mean: 0.5, sd: null });
	});

	it("leaves out what is no number", () => {
		expect(spreadOf([Number.NaN, 2, 4])).toEqual({ mean: 3, sd: Math.SQRT2 });
		expect(spreadOf([Number.NaN])).toEqual({ mean: Number.NaN, sd: null });
		expect(spreadOf([])).toEqual({ mean: Number.NaN, sd: null });
	});
});
