import { describe, expect, it } from "vitest";
import { drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { colorGradient, labOf } from "../image/index.ts";
import { createRandom } from "../rng.ts";
import { buildRegionTree, type RegionTree, type RegionTreeOptions } from "./region-tree.ts";
import { cutSuperpixels, type Superpixels } from "./superpixels.ts";

interface Node {
	readonly id: number;
	/** The superpixels that it is made of. */
	readonly leaves: readonly number[];
	readonly pixels: ReadonlySet<number>;
}

/**
 * The same tree from its definition: every cost of every pair is computed from the pixels again before each merge.
 */
function plainTree(superpixels: Superpixels, options: RegionTreeOptions): unknown {
	const { features, gradient, areas = new Float64Array(0), minAreaPixels = 0 } = options;
	const { data, width, count } = superpixels;
	const total = areas.reduce((sum, area) => sum + area, 0);
	const areaOf = ({ leaves }: Node) => leaves.reduce((sum, leaf) => sum + areas[leaf], 0);
	let nodes: Node[] = Array.from({ length: count }, (_, id) => {
		return { id, leaves: [id], pixels: new Set([...data.keys()].filter((pixel) => data[pixel] === id)) };
	});
	const meanOf = (node: Node) =>
		Array.from({ length: features.cols }, (_, d) => {
			const sum = node.leaves.reduce((total, leaf) => total + areas[leaf] * features.data[leaf * features.cols + d], 0);
			return sum / areaOf(node);
		});
	const borderOf = (a: Node, b: Node): number[] =>
		[...a.pixels].flatMap((pixel) => {
			const x = pixel % width;
			const around = [x > 0 && pixel - 1, x < width - 1 && pixel + 1, pixel - width, pixel + width];
			return around
				.filter((next) => next !== false && b.pixels.has(next))
				.map((next) => (gradient[pixel] + gradient[next as number]) / 2);
		});
	const merges: number[][] = [];
	const heights: number[] = [];
	while (nodes.length > 1) {
		const pairs = nodes.flatMap((a, i) =>
			nodes.slice(i + 1).flatMap((b) => {
				const border = borderOf(a, b);
				if (border.length === 0) {
					return [];
				}
				const means = [meanOf(a), meanOf(b)];
				const distance = means[0].reduce((sum, value, d) => sum + (value - means[1][d]) ** 2, 0);
				const [p, q] = [areaOf(a) / total, areaOf(b) / total];
				const gradient = border.reduce((sum, value) => sum + value, 0) / border.length;
				const isSmall = Math.min(areaOf(a), areaOf(b)) < minAreaPixels;
				return [
					{
						a,
						b,
						isSmall,
						cost: ((p * q) / (p + q)) ** (5 / 16) * (distance * Math.min(1, gradient / 6) + gradient / 10),
					},
				];
			}),
		);
		const first = pairs.some(({ isSmall }) => isSmall) ? pairs.filter(({ isSmall }) => isSmall) : pairs;
		const least = first.reduce((best, pair) => (pair.cost < best.cost ? pair : best));
		merges.push([least.a.id, least.b.id].sort((a, b) => a - b));
		heights.push(least.isSmall ? 0 : Math.max(least.cost, heights.at(-1) ?? 0));
		const leaves = [...least.a.leaves, ...least.b.leaves];
		const joined = { id: count + merges.length - 1, leaves, pixels: new Set([...least.a.pixels, ...least.b.pixels]) };
		nodes = [...nodes.filter((node) => node !== least.a && node !== least.b), joined];
	}
	return { merges, heights };
}

/** Superpixels of a random label map: its connected regions. */
function randomSuperpixels(seed: number): { superpixels: Superpixels; options: RegionTreeOptions } {
	const random = createRandom(seed);
	const width = 2 + Math.floor(random.next() * 8);
	const height = 1 + Math.floor(random.next() * 8);
	const labels = Uint8Array.from({ length: width * height }, () => Math.floor(random.next() * 3));
	const { data, count } = kernels.connectedRegions(labels, width, height);
	const cols = 1 + Math.floor(random.next() * 4);
	return {
		superpixels: { data: Uint16Array.from(data), width, height, count },
		options: {
			features: { data: Float32Array.from({ length: count * cols }, () => random.next() * 4), rows: count, cols },
			gradient: Float32Array.from({ length: width * height }, () => random.next() * 20),
			areas: Float64Array.from({ length: count }, () => 1 + Math.floor(random.next() * 9)),
			minAreaPixels: Math.floor(random.next() * 6),
		},
	};
}

const pairsOf = ({ merges }: RegionTree) =>
	Array.from({ length: merges.length / 2 }, (_, merge) => [merges[2 * merge], merges[2 * merge + 1]]);

describe("buildRegionTree", () => {
	it("merges as its definition says", () => {
		forEachSeed(80, (seed) => {
			const { superpixels, options } = randomSuperpixels(seed);
			const tree = buildRegionTree(kernels, superpixels, options);
			const { merges, heights } = plainTree(superpixels, options) as { merges: number[][]; heights: number[] };
			expect(pairsOf(tree)).toEqual(merges);
			for (const [merge, height] of heights.entries()) {
				expect(Math.abs(tree.heights[merge] - height)).toBeLessThan(1e-5 * (1 + height));
			}
		});
	});

	it("joins every node once, at heights that never fall", () => {
		for (const name of ["noise", "fields with noise", "ramp", "dots", "stripes", "row", "column"]) {
			const colors = labOf(drawnPicture(name));
			const superpixels = cutSuperpixels(kernels, colors);
			const features = { data: new Float32Array(superpixels.count), rows: superpixels.count, cols: 1 };
			const tree = buildRegionTree(kernels, superpixels, { features, gradient: colorGradient(colors) });
			expect(tree.leaves).toBe(superpixels.count);
			expect(tree.areas.reduce((sum, area) => sum + area, 0)).toBe(superpixels.data.length);
			expect([...tree.merges].sort((a, b) => a - b)).toEqual([...tree.merges.keys()]);
			expect(pairsOf(tree).every(([lower, higher], merge) => lower < higher && higher < tree.leaves + merge)).toBe(
				true,
			);
			expect(tree.heights.every((height, merge) => merge === 0 || height >= tree.heights[merge - 1])).toBe(true);
		}
	});

	it("merges the lower pair first where costs are equal", () => {
		const superpixels = { data: Uint16Array.of(0, 1, 2, 3, 4, 5), width: 6, height: 1, count: 6 };
		const features = { data: new Float32Array(6), rows: 6, cols: 1 };
		const tree = buildRegionTree(kernels, superpixels, { features, gradient: new Float32Array(6) });
		expect(pairsOf(tree)).toEqual([
			[0, 1],
			[2, 3],
			[4, 5],
			[6, 7],
			[8, 9],
		]);
	});

	it("has no merge where there is one superpixel", () => {
		const superpixels = { data: new Uint16Array(6), width: 3, height: 2, count: 1 };
		const features = { data: Float32Array.of(1), rows: 1, cols: 1 };
		expect(buildRegionTree(kernels, superpixels, { features, gradient: new Float32Array(6) })).toEqual({
			leaves: 1,
			areas: Float64Array.of(6),
			merges: new Uint32Array(0),
			heights: new Float32Array(0),
		});
	});

	it("joins thousands of dots on one ground", () => {
		const side = 128;
		const data = new Uint16Array(side * side);
		let count = 1;
		for (let pixel = 0; pixel < data.length; pixel++) {
			const isDot = pixel > 0 && (pixel % side) % 2 === 1 && Math.floor(pixel / side) % 2 === 1;
			data[pixel] = isDot ? count++ : 0;
		}
		expect(count).toBe(4097);
		const cols = 24;
		const features = { data: Float32Array.from({ length: count * cols }, (_, i) => Math.sin(i)), rows: count, cols };
		const gradient = new Float32Array(side * side).fill(3);
		const tree = buildRegionTree(kernels, { data, width: side, height: side, count }, { features, gradient });
		expect([...tree.merges].sort((a, b) => a - b)).toEqual([...tree.merges.keys()]);
	});

	it("refuses features, gradients and areas of another size, and numbers that are none", () => {
		const { superpixels, options } = randomSuperpixels(1);
		const { features, gradient } = options;
		const short = { ...features, data: features.data.subarray(1) };
		expect(() => buildRegionTree(kernels, superpixels, { features: short, gradient })).toThrow(
			/features \(superpixels, D\)/,
		);
		expect(() => buildRegionTree(kernels, superpixels, { features, gradient: gradient.subarray(1) })).toThrow(
			/gradient \(height, width\)/,
		);
		expect(() => buildRegionTree(kernels, superpixels, { features, gradient, areas: new Float64Array(1) })).toThrow(
			/areas \(superpixels\)/,
		);
		expect(() => buildRegionTree(kernels, superpixels, { features, gradient, minAreaPixels: Number.NaN })).toThrow(
			/minAreaPixels must be an integer/,
		);
		const none = { ...features, data: features.data.slice().fill(Number.NaN) };
		expect(() => buildRegionTree(kernels, superpixels, { features: none, gradient })).toThrow(/got NaN/);
	});
});
