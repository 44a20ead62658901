import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { backends } from "../../../fixtures/kernels.ts";
import { loadJson, loadPng } from "../../../fixtures/load.ts";
import type { GridGeometry } from "./kernels.ts";
import { referenceKernels } from "./reference/index.ts";

interface UpsampleCase {
	readonly src: string;
	readonly op: string;
	readonly method: string;
	readonly width: number;
	readonly height: number;
	readonly labels: number;
	readonly dst: string;
	readonly ties: string;
}

const cases = loadJson<UpsampleCase[]>("reference/post/post.json").filter(({ method }) => method === "onehot_bilinear");

describe.each(backends)("upsampleScores ($name)", (kernels) => {
	it.each(cases)("equals the reference on one-hot maps: $dst", ({ src, width, height, labels: count, dst, ties }) => {
		const grid = loadPng(`reference/post/${src}`);
		const scores = new Float32Array(grid.data.length * count);
		grid.data.forEach((label, i) => {
			scores[i * count + label] = 1;
		});
		const geometry = plainGeometry(grid.height, grid.width, height, width);
		const { labels } = kernels.upsampleScores(scores, count, geometry, width, height, 1);
		const expected = loadPng(`reference/post/${dst}`).data;
		const ambiguous = loadPng(`reference/post/${ties}`).data;
		expect(labels.findIndex((label, i) => label !== expected[i] && ambiguous[i] === 0)).toBe(-1);
	});

	it("equals the definition at every pixel", () => {
		fc.assert(
			fc.property(scoreGrids(), ({ scores, clusters, rows, cols, width, height, temperature }) => {
				const geometry = plainGeometry(rows, cols, height, width);
				const result = kernels.upsampleScores(scores, clusters, geometry, width, height, temperature);
				const expected = define(scores, clusters, geometry, width, height, temperature);
				expect(result.labels).toEqual(Uint8Array.from(expected.labels));
				result.confidence.forEach((confidence, i) => {
					expect(Math.abs(confidence - expected.confidence[i])).toBeLessThanOrEqual(0.5 + 1e-9);
				});
			}),
			{ numRuns: isFull ? 300 : 100 },
		);
	});

	it("gives labels of 16 bits above 256 clusters", () => {
		for (const clusters of [256, 257, 300]) {
			const scores = new Float32Array(2 * clusters).fill(-1);
			scores[clusters - 1] = 0;
			scores[clusters] = 0;
			const { labels } = kernels.upsampleScores(scores, clusters, plainGeometry(1, 2, 1, 2), 2, 1, 1);
			expect(labels).toEqual((clusters > 256 ? Uint16Array : Uint8Array).of(clusters - 1, 0));
		}
	});

	it("returns the bytes of the definition on pictures much larger than the grid", () => {
		const sides = fc.integer({ min: 1, max: 300 });
		const temperatures = fc.constantFrom(-1, 0, 5e-324, 1e-9, 0.004, 0.3, 20, 1e5, 1e300);
		const offsets = fc.constantFrom(-0.5, -1.75, 0.3);
		fc.assert(
			fc.property(scoreGrids(), sides, sides, temperatures, offsets, (grid, width, height, temperature, offset) => {
				const { scores, clusters, rows, cols } = grid;
				const geometry = { ...plainGeometry(rows, cols, height, width), rowOffset: offset, colOffset: offset };
				const result = kernels.upsampleScores(scores, clusters, geometry, width, height, temperature);
				const expected = referenceKernels.upsampleScores(scores, clusters, geometry, width, height, temperature);
				expect(Buffer.compare(Buffer.from(result.labels.buffer), Buffer.from(expected.labels.buffer))).toBe(0);
				expect(Buffer.compare(result.confidence, expected.confidence)).toBe(0);
			}),
			{ numRuns: isFull ? 60 : 20 },
		);
	});

	it("returns the bytes of the definition for many clusters with scores of any size", () => {
		const values = fc.float({ min: -10, max: 0, noNaN: true });
		const sizes = fc.constantFrom(1e-30, 1e-3, 1, 1e6, 1e30);
		fc.assert(
			fc.property(fc.array(values, { minLength: 240, maxLength: 240 }), sizes, fc.boolean(), (base, size, far) => {
				// One token far from all others, as outliers of a network are.
				const scores = Float32Array.from(base, (value, i) => value * size * (far && i < 40 ? 1e4 : 1));
				const geometry = plainGeometry(2, 3, 61, 90);
				const result = kernels.upsampleScores(scores, 40, geometry, 90, 61, size);
				const expected = referenceKernels.upsampleScores(scores, 40, geometry, 90, 61, size);
				expect(Buffer.compare(Buffer.from(result.labels.buffer), Buffer.from(expected.labels.buffer))).toBe(0);
				expect(Buffer.compare(result.confidence, expected.confidence)).toBe(0);
			}),
			{ numRuns: isFull ? 40 : 15 },
		);
	});

	it("reads nothing that lies behind the last token, or that the call before left in memory", () => {
		// Taken for scores, the bytes of a white picture are no numbers: not even times 0, as borders are weighted.
		const white = new Uint8Array(128 * 128 * 3).fill(255);
		fc.assert(
			fc.property(scoreGrids(), ({ scores, clusters, rows, cols, width, height, temperature }) => {
				const geometry = plainGeometry(rows, cols, height, width);
				kernels.resizeBicubic(white, 128, 128, 3, 64, 64);
				const result = kernels.upsampleScores(scores, clusters, geometry, width, height, temperature);
				expect(result).toEqual(referenceKernels.upsampleScores(scores, clusters, geometry, width, height, temperature));
			}),
		);
	});

	it("keeps the grid where the picture is the grid", () => {
		const scores = Float32Array.of(-1, -2, -3, -1, -5, -4, -2, -2);
		const { labels } = kernels.upsampleScores(scores, 2, plainGeometry(2, 2, 2, 2), 2, 2, 1);
		expect([...labels]).toEqual([0, 1, 1, 0]);
	});

	it("respects the offsets of a strided grid", () => {
		// Two tokens with centres at 3 and 5 of 10 pixels: the border between them lies at 4.
		const geometry: GridGeometry = { rows: 1, cols: 2, rowScale: 1, rowOffset: -0.5, colScale: 0.5, colOffset: -1.5 };
		const { labels } = kernels.upsampleScores(Float32Array.of(0, -1, -1, 0), 2, geometry, 10, 1, 1);
		expect([...labels]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
	});

	it("gives a tie to the lowest id, with confidence 0", () => {
		const scores = Float32Array.of(-2, -1, -1);
		for (const temperature of [0, 1, 5e-324, 1e300]) {
			const { labels, confidence } = kernels.upsampleScores(scores, 3, plainGeometry(1, 1, 2, 3), 3, 2, temperature);
			expect([...labels]).toEqual([1, 1, 1, 1, 1, 1]);
			expect([...confidence]).toEqual([0, 0, 0, 0, 0, 0]);
		}
	});

	it("is certain with one cluster, and where the temperature is zero", () => {
		const geometry = plainGeometry(1, 1, 1, 2);
		expect([...kernels.upsampleScores(Float32Array.of(-3), 1, geometry, 2, 1, 1).confidence]).toEqual([255, 255]);
		for (const temperature of [0, -1, 5e-324]) {
			const { confidence } = kernels.upsampleScores(Float32Array.of(-3, -2), 2, geometry, 2, 1, temperature);
			expect([...confidence]).toEqual([255, 255]);
		}
	});

	it("rounds exactly beside the border between two confidences", () => {
		// With two clusters p1 - p2 = tanh(gap / 2): aim at half a level, from both sides, closer than any shortcut.
		for (let level = 1; level < 250; level += 7) {
			const gap = 2 * Math.atanh((level + 0.5) / 255);
			for (const side of [-1e-9, 1e-9]) {
				const { confidence } = kernels.upsampleScores(
					Float32Array.of(0, -1),
					2,
					plainGeometry(1, 1, 1, 1),
					1,
					1,
					1 / (gap + side),
				);
				expect(confidence[0]).toBe(side < 0 ? level : level + 1);
			}
		}
	});
});

function plainGeometry(rows: number, cols: number, height: number, width: number): GridGeometry {
	return { rows, cols, rowScale: rows / height, rowOffset: -0.5, colScale: cols / width, colOffset: -0.5 };
}

function scoreGrids() {
	const side = fc.integer({ min: 1, max: 5 });
	const length = fc.integer({ min: 1, max: 12 });
	return fc
		.record({
			rows: side,
			cols: side,
			clusters: fc.integer({ min: 1, max: 6 }),
			width: length,
			height: length,
			temperature: fc.constantFrom(0.01, 1, 7.5, 1000),
		})
		.chain((sizes) => {
			const count = sizes.rows * sizes.cols * sizes.clusters;
			return fc
				.array(fc.integer({ min: 0, max: 400 }), { minLength: count, maxLength: count })
				.map((values) => ({ ...sizes, scores: Float32Array.from(values, (value) => -value / 8) }));
		});
}

/** Labels, and 255 (p1 - p2) before rounding. */
function define(
	scores: Float32Array,
	clusters: number,
	geometry: GridGeometry,
	width: number,
	height: number,
	temperature: number,
) {
	const labels = new Uint16Array(width * height);
	const confidence = new Float64Array(width * height);
	const { rows, cols } = geometry;
	for (let i = 0; i < labels.length; i++) {
		const [y0, y1, fy] = neighbours(Math.floor(i / width), rows, geometry.rowScale, geometry.rowOffset);
		const [x0, x1, fx] = neighbours(i % width, cols, geometry.colScale, geometry.colOffset);
		const pixel = Array.from({ length: clusters }, (_, k) => {
			const at = (y: number, x: number) => scores[(y * cols + x) * clusters + k];
			const left = at(y0, x0) + (at(y1, x0) - at(y0, x0)) * fy;
			const right = at(y0, x1) + (at(y1, x1) - at(y0, x1)) * fy;
			return left + (right - left) * fx;
		});
		const best = Math.max(...pixel);
		labels[i] = pixel.indexOf(best);
		const terms = pixel.map((score) => Math.exp((score - best) / temperature));
		const sum = terms.reduce((total, term) => total + term, 0);
		terms.splice(labels[i], 1);
		confidence[i] = clusters === 1 ? 255 : (255 * (1 - Math.max(...terms))) / sum;
	}
	return { labels, confidence };
}

function neighbours(pixel: number, tokens: number, scale: number, offset: number): [number, number, number] {
	const position = Math.min(Math.max((pixel + 0.5) * scale + offset, 0), tokens - 1);
	const lower = Math.floor(position);
	return [lower, Math.min(lower + 1, tokens - 1), position - lower];
}
