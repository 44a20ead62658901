import { existsSync, readFileSync } from "node:fs";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { loadJson } from "../../../../fixtures/load.ts";
import {
	adjustedRandOf,
	contingencyTable,
	coveringOfTruth,
	createConfusionCounter,
	type LabelMatching,
	matchedScores,
	matchManyToOne,
	matchOneToOne,
	mutualInformation,
	normalisedMutualInformation,
	randIndex,
	regionScores,
} from "./index.ts";

interface Assigned {
	readonly objective: number;
	readonly pred_to_gt: Record<string, number>;
	readonly pixel_accuracy: number;
	readonly mean_iou: number;
	readonly iou_per_gt_label: Record<string, number>;
}

interface BsdsScores {
	readonly probabilistic_rand_index: number;
	readonly variation_of_information_bits: number;
	readonly covering_of_ground_truth: number;
	readonly cntR: number;
	readonly sumR: number;
}

interface Pair {
	readonly gt: readonly number[];
	readonly pred: readonly number[];
	readonly ignore_label: number | null;
	readonly adjusted_rand: number;
	readonly rand: number;
	readonly nmi_arithmetic: number;
	readonly mutual_info_nats: number;
	readonly hungarian: {
		readonly gt_labels: readonly number[];
		readonly contingency_gt_by_pred: readonly (readonly number[])[];
		readonly assignment_max_overlap: Assigned;
	};
	readonly bsds?: BsdsScores;
}

interface SmallBench extends BsdsScores {
	readonly seg: readonly number[];
	readonly gts: readonly (readonly number[])[];
}

interface PictureBench {
	readonly segs: readonly (BsdsScores & { readonly file: string })[];
	readonly gts: readonly string[];
}

const reference = loadJson<{
	pairs: Record<string, Pair>;
	bsds: { small_three_annotators: SmallBench; bench_2018: PictureBench; bench_3063: PictureBench };
}>("reference/metrics/metrics.json");

const LABEL_TOLERANCE = 1e-9;
const FEATURE_TOLERANCE = 1e-6;

function close(actual: number, expected: number): void {
	expect(Math.abs(actual - expected)).toBeLessThanOrEqual(LABEL_TOLERANCE);
}

function closeInRatio(actual: number, expected: number): void {
	expect(Math.abs(actual - expected)).toBeLessThanOrEqual(FEATURE_TOLERANCE * Math.abs(expected));
}

describe.each(Object.entries(reference.pairs))("label scores of %s", (_name, pair) => {
	const options = pair.ignore_label === null ? {} : { ignoreLabel: pair.ignore_label };
	const table = contingencyTable(pair.gt, pair.pred, options);

	it("counts the contingency table", () => {
		const counts = table.truthLabels.map(() => table.predictedLabels.map(() => 0));
		for (const { row, column, count } of table.cells) {
			counts[row][column] = count;
		}
		expect(counts).toEqual(pair.hungarian.contingency_gt_by_pred);
		expect(table.truthLabels).toEqual(pair.hungarian.gt_labels);
	});

	it("equals scikit-learn", () => {
		close(randIndex(table), pair.rand);
		close(adjustedRandOf(table), pair.adjusted_rand);
		close(normalisedMutualInformation(table), pair.nmi_arithmetic);
		close(mutualInformation(table).mutualInformation, pair.mutual_info_nats);
	});

	it("matches clusters to labels as SciPy does", () => {
		const counter = createConfusionCounter(options.ignoreLabel);
		// In two parts: counting goes on.
		const middle = Math.floor(pair.gt.length / 2);
		counter.add(pair.gt.slice(0, middle), pair.pred.slice(0, middle));
		counter.add(pair.gt.slice(middle), pair.pred.slice(middle));
		const matrix = counter.matrix();
		const { objective, pred_to_gt, pixel_accuracy, mean_iou, iou_per_gt_label } = pair.hungarian.assignment_max_overlap;
		const ours = matchOneToOne(matrix);
		const common = [...ours].map(([cluster, row]) => matrix.counts[row * matrix.clusters + cluster]);
		expect(common.reduce((sum, count) => sum + count, 0)).toBe(objective);
		const ourScores = matchedScores(matrix, ours);
		close(ourScores.pixelAccuracy, pixel_accuracy);
		// Where several matchings are as good, SciPy takes any and ours the one with the best overlaps.
		expect(ourScores.meanIou).toBeGreaterThanOrEqual(mean_iou - LABEL_TOLERANCE);

		const theirs = new Map(Object.entries(pred_to_gt).map(([cluster, row]) => [Number(cluster), row]));
		const scores = matchedScores(matrix, theirs);
		close(scores.pixelAccuracy, pixel_accuracy);
		close(scores.meanIou, mean_iou);
		for (const [label, iou] of Object.entries(iou_per_gt_label)) {
			close(scores.iou[Number(label)], iou);
		}
	});

	const { bsds } = pair;
	if (bsds !== undefined) {
		it("has the region scores of the BSDS bench", () => {
			expectRegionScores([pair.gt], pair.pred, bsds);
		});
	}
});

function expectRegionScores(
	annotations: readonly ArrayLike<number>[],
	predicted: ArrayLike<number>,
	expected: BsdsScores,
): void {
	const scores = regionScores(annotations, predicted);
	close(scores.covering, expected.covering_of_ground_truth);
	close(scores.probabilisticRandIndex, expected.probabilistic_rand_index);
	close(scores.variationOfInformation, expected.variation_of_information_bits);
	const coverings = annotations.map((truth) => coveringOfTruth(contingencyTable(truth, predicted)));
	const covered = coverings.reduce((sum, covering) => sum + covering.covered, 0);
	closeInRatio(covered, expected.cntR);
	expect(coverings.reduce((sum, covering) => sum + covering.total, 0)).toBe(expected.sumR);
}

describe("region scores of several annotators", () => {
	it("equal the BSDS bench on a small case", () => {
		const { seg, gts } = reference.bsds.small_three_annotators;
		expectRegionScores(gts, seg, reference.bsds.small_three_annotators);
	});

	/** Its label maps may be read, but not copied into this repository. */
	const folder = new URL("../../../../../shared/reference/metrics/", import.meta.url);
	const pictures = Object.entries({ 2018: reference.bsds.bench_2018, 3063: reference.bsds.bench_3063 });
	it.skipIf(!existsSync(folder)).each(pictures)("equal the BSDS bench on its picture %s", (_name, { segs, gts }) => {
		const read = (file: string) => decode(readFileSync(new URL(file, folder))).data;
		const annotations = gts.map(read);
		for (const seg of segs) {
			expectRegionScores(annotations, read(seg.file), seg);
		}
	});
});

describe("many-to-one matching", () => {
	it("gives each cluster the class that it has most of", () => {
		const counter = createConfusionCounter();
		counter.add([0, 0, 0, 1, 1, 1, 1, 2], [0, 0, 1, 2, 2, 3, 1, 3]);
		const matrix = counter.matrix();
		const matching: LabelMatching = matchManyToOne(matrix);
		expect([...matching].sort()).toEqual([
			[0, 0],
			[1, 0],
			[2, 1],
			[3, 1],
		]);
		const scores = matchedScores(matrix, matching);
		expect(scores.pixelAccuracy).toBe(6 / 8);
		expect([...scores.iou]).toEqual([3 / 4, 3 / 5, 0]);
	});
});
