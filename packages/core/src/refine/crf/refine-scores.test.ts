import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactMeans } from "../../../../../fixtures/exact-means.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import type { RgbImage } from "../../image/index.ts";
import { createRandom } from "../../rng.ts";
import { type UpsampleOptions, upsampleLabels } from "../upsample.ts";
import { refineScores } from "./refine-scores.ts";

const PATCH = 14;

function picture(width: number, height: number, color: (x: number, y: number) => readonly number[]): RgbImage {
	const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
		const at = Math.floor(i / 3);
		return color(at % width, Math.floor(at / width))[i % 3];
	});
	return { data, width, height };
}

const grey = (width: number, height: number) => picture(width, height, () => [90, 90, 90]);

/** Scores on a grid of whole patches; the picture is `scale` times as large as the network's input. */
function scoresOf(
	rows: number,
	cols: number,
	clusters: number,
	score: (row: number, column: number, label: number) => number,
	scale = 1,
): UpsampleOptions {
	const scores = Float32Array.from({ length: rows * cols * clusters }, (_, i) => {
		const token = Math.floor(i / clusters);
		return score(Math.floor(token / cols), token % cols, i % clusters);
	});
	const size = { inputWidth: cols * PATCH, inputHeight: rows * PATCH };
	return {
		scores,
		grid: { rows, cols, patchSize: PATCH, stride: PATCH, ...size },
		clusters,
		width: Math.max(1, Math.round(size.inputWidth * scale)),
		height: Math.max(1, Math.round(size.inputHeight * scale)),
		temperature: 1,
	};
}

const anyScene = fc.record({
	rows: fc.integer({ min: 1, max: 4 }),
	cols: fc.integer({ min: 1, max: 4 }),
	clusters: fc.integer({ min: 1, max: 5 }),
	scale: fc.constantFrom(0.1, 0.4, 0.7),
	window: fc.constantFrom(3, 9, 31, 91, 4095),
	seed: fc.nat(1000),
});

function sceneOf({ rows, cols, clusters, scale, seed }: { [name: string]: number }) {
	const random = createRandom(seed);
	const scored = scoresOf(rows, cols, clusters, () => -3 * random.next(), scale);
	const guide = picture(scored.width, scored.height, (x, y) => [(x * seed) % 256, (y * 31) % 256, (x + y) % 256]);
	return { scored, guide };
}

const mapOf = (width: number, height: number) => ({ data: new Uint8Array(width * height), width, height });

/** Share of the places at which two maps differ. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
	return Array.from(a).filter((label, at) => label !== b[at]).length / a.length;
}

describe("refineScores", () => {
	it("moves a border to the edge of the picture beside it", () => {
		for (const clusters of [2, 5]) {
			// The border lies at 56, the edge at 64.
			const scored = scoresOf(6, 9, clusters, (_, column, label) =>
				label === (column < 4 ? 0 : clusters - 1) ? 0 : -2,
			);
			const guide = picture(126, 84, (x) => (x < 64 ? [40, 60, 50] : [180, 150, 200]));
			const { data, count } = refineScores(scored, guide, 91);
			expect(count).toBe(clusters);
			expect([...data]).toEqual(Array.from(data, (_, at) => (at % 126 < 64 ? 0 : clusters - 1)));
		}
	});

	it("follows a slanted edge in noise to within a pixel", () => {
		const isInside = (x: number, y: number) => 2 * x + y < 190;
		const noise = (x: number, y: number) => ((x * 7919 + y * 104729) % 31) - 15;
		const scored = scoresOf(8, 11, 2, (row, column, label) =>
			isInside((column + 0.5) * PATCH, (row + 0.5) * PATCH) === (label === 0) ? 0 : -2,
		);
		const { width, height } = scored;
		const guide = picture(width, height, (x, y) => [(isInside(x, y) ? 80 : 160) + noise(x, y), 100 + noise(y, x), 90]);
		const truth = Uint8Array.from({ length: width * height }, (_, at) =>
			isInside(at % width, Math.floor(at / width)) ? 0 : 1,
		);
		expect(difference(upsampleLabels(kernels, scored).labels.data, truth)).toBeGreaterThan(0.01);
		expect(difference(refineScores(scored, guide, 91).data, truth) * truth.length).toBeLessThan(height);
	});

	it("leaves a straight border where it is in a picture of one colour, to within two pixels", () => {
		const scored = scoresOf(6, 8, 3, (_, column, label) => (label === Math.floor(column / 4) ? 0 : -2));
		for (const window of [9, 31, 91]) {
			const { data } = refineScores(scored, grey(scored.width, scored.height), window);
			data.forEach((label, at) => {
				const x = at % 112;
				expect(x < 54 ? label === 0 : x >= 58 ? label === 1 : label < 2).toBe(true);
			});
		}
	});

	it("has the same labels in whatever order they come", () => {
		fc.assert(
			fc.property(anyScene, (scene) => {
				const { scored, guide } = sceneOf(scene);
				const { clusters, scores } = scored;
				const reversed = scores.map((_, i) => scores[i - (i % clusters) + clusters - 1 - (i % clusters)]);
				const there = refineScores(scored, guide, scene.window).data;
				const back = refineScores({ ...scored, scores: reversed }, guide, scene.window).data;
				// Sums in the other order can round a tie to the other side.
				expect(
					difference(
						there,
						back.map((label) => clusters - 1 - label),
					),
				).toBeLessThanOrEqual(0.01);
			}),
			{ numRuns: 30 },
		);
	});

	it("gives the same bytes again, and leaves its input alone", () => {
		fc.assert(
			fc.property(anyScene, (scene) => {
				const { scored, guide } = sceneOf(scene);
				const before = [scored.scores.slice(), guide.data.slice()];
				const { data, width, height } = refineScores(scored, guide, scene.window);
				expect([data.length, width, height]).toEqual([guide.width * guide.height, guide.width, guide.height]);
				expect(refineScores(scored, guide, scene.window).data).toEqual(data);
				expect([scored.scores, guide.data]).toEqual(before);
			}),
			{ numRuns: 30 },
		);
	});

	it("gives the labels that it gave when this was written", () => {
		const random = createRandom(5);
		const scored = scoresOf(2, 4, 3, () => -2 * random.next(), 0.5);
		const guide = picture(28, 14, (x, y) => [9 * x, 17 * y, x > 2 * y ? 200 : 90]);
		const { data } = refineScores(scored, guide, 15);
		const rows = Array.from({ length: 14 }, (_, y) => data.subarray(28 * y, 28 * (y + 1)).join(""));
		expect(rows).toEqual([
			"1111111111111110000000000000",
			"1111111111111110000000000000",
			"1111111111111110000000000000",
			"1111111111111110000000000000",
			"1111111111111100000000000000",
			"1111111111111100000000000000",
			"1111111111112000000000000000",
			"1111111111122220000000000111",
			"1111111111222222200000111111",
			"1111111112222222222001111111",
			"1111111112222222222221111111",
			"1111111122222222222222211111",
			"1111111122222222222222222111",
			"1111111122222222222222222221",
		]);
	});

	it("is near to the mean field over all pairs of pixels", () => {
		forEachSeed(4, (seed) => {
			const random = createRandom(seed);
			const scored = scoresOf(3, 3, 3, () => -3 * random.next(), 0.75);
			const { width, height } = scored;
			const slope = random.next();
			const guide = picture(width, height, (x, y) =>
				[0, 1, 2].map(() => (slope * x + y < 24 ? 70 : 140) + 30 * random.next()),
			);
			const exact = exactField(scored, guide, 31);
			expect(difference(upsampleLabels(kernels, scored).labels.data, exact)).toBeGreaterThan(0.02);
			expect(difference(refineScores(scored, guide, 31).data, exact)).toBeLessThan(0.08);
		});
	});

	it("takes one label, and 1024", () => {
		const one = scoresOf(2, 2, 1, () => -1);
		expect(refineScores(one, grey(28, 28), 31)).toEqual({ ...mapOf(28, 28), count: 1 });
		const many = scoresOf(1, 2, 1024, (_, column, label) => (label === 1023 * column ? 0 : -40), 0.3);
		const { data, count } = refineScores(many, grey(8, 4), 3);
		expect(count).toBe(1024);
		expect([...data.subarray(0, 8)]).toEqual([0, 0, 0, 0, 1023, 1023, 1023, 1023]);
	});

	it("keeps many labels apart in bounded memory", () => {
		const scored = scoresOf(10, 15, 150, (row, column, label) => (label === 15 * row + column ? 0 : -40));
		const guide = picture(210, 140, (x, y) => [Math.floor(x / 14) * 16, Math.floor(y / 14) * 25, 128]);
		const { data } = refineScores(scored, guide, 9);
		expect(difference(data, upsampleLabels(kernels, scored).labels.data)).toBeLessThan(0.05);
	});

	it("takes pictures one pixel wide, high or both", () => {
		for (const [width, height] of [
			[1, 1],
			[1, 60],
			[60, 1],
		]) {
			const scored = { ...scoresOf(2, 3, 2, (_row, column, label) => (label === column % 2 ? 0 : -3)), width, height };
			const before = upsampleLabels(kernels, scored).labels.data;
			for (const window of [3, 91, 4095]) {
				const { data } = refineScores(scored, grey(width, height), window);
				expect([...data].every((label) => before.includes(label))).toBe(true);
			}
		}
	});

	it("keeps to the best labels where the temperature is 0", () => {
		const scored = { ...scoresOf(1, 4, 3, (_, column, label) => (label === column % 2 ? -1 : -5)), temperature: 0 };
		const { data } = refineScores(scored, grey(56, 14), 9);
		expect(difference(data, upsampleLabels(kernels, scored).labels.data)).toBeLessThan(0.05);
		const tied = { ...scoresOf(1, 1, 3, (_row, _column, label) => (label === 0 ? -5 : 0)), temperature: 0 };
		expect([...new Set(refineScores(tied, grey(14, 14), 9).data)]).toEqual([1]);
	});

	it("rejects windows, pictures and scores that do not fit", () => {
		const scored = scoresOf(2, 2, 2, () => 0);
		const guide = grey(28, 28);
		for (const window of [1, 30, 4097, 31.5, Number.NaN]) {
			expect(() => refineScores(scored, guide, window)).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
		}
		const mismatch = expect.objectContaining({ code: "SHAPE_MISMATCH" });
		expect(() => refineScores(scored, grey(28, 27), 31)).toThrow(mismatch);
		expect(() => refineScores({ ...scored, scores: new Float32Array(7) }, guide, 31)).toThrow(mismatch);
	});
});

/** The mean field with sums over all pairs of pixels. Shape (height, width). */
function exactField(scored: UpsampleOptions, guide: RgbImage, window: number): number[] {
	const { width, height, clusters, grid, scores } = scored;
	const points = new Float64Array(5 * width * height);
	const unary = new Array<number>(width * height * clusters);
	for (let at = 0; at < width * height; at++) {
		const x = (at % width) + 0.5;
		const y = Math.floor(at / width) + 0.5;
		const color = Array.from(guide.data.subarray(3 * at, 3 * at + 3), (value) => value / 20);
		points.set([(4 * x) / window, (4 * y) / window, ...color], 5 * at);
		const row = Math.min(Math.max((y * grid.rows) / height - 0.5, 0), grid.rows - 1);
		const column = Math.min(Math.max((x * grid.cols) / width - 0.5, 0), grid.cols - 1);
		for (let label = 0; label < clusters; label++) {
			let score = 0;
			for (let token = 0; token < grid.rows * grid.cols; token++) {
				const down = Math.max(0, 1 - Math.abs(Math.floor(token / grid.cols) - row));
				const across = Math.max(0, 1 - Math.abs((token % grid.cols) - column));
				score += down * across * scores[token * clusters + label];
			}
			unary[at * clusters + label] = score;
		}
	}
	let logarithms = unary;
	for (let step = 0; step < 10; step++) {
		const powers = logarithms.map(Math.exp);
		const beliefs = powers.map((power, i) => {
			const start = i - (i % clusters);
			return power / powers.slice(start, start + clusters).reduce((sum, other) => sum + other);
		});
		logarithms = exactMeans(points, beliefs, clusters).map((mean, i) => unary[i] + 12 * mean);
	}
	return Array.from({ length: width * height }, (_, at) => {
		const own = logarithms.slice(at * clusters, (at + 1) * clusters);
		return own.indexOf(Math.max(...own));
	});
}
