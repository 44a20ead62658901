import { describe, expect, it } from "vitest";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { OUTSIDE, type PlanarPartition, tracePartition } from "./planar-partition.ts";

function trace(labels: LabelMap) {
	const regions = labelRegions(kernels, labels);
	return { regions, partition: tracePartition(labels, regions) };
}

/** The corners of an arc as (x, y). */
function arcPositions({ corners, starts, width }: PlanarPartition, arc: number): [number, number][] {
	const stride = width + 1;
	return Array.from(corners.subarray(starts[arc], starts[arc + 1]), (corner) => [
		corner % stride,
		Math.floor(corner / stride),
	]);
}

function allArcs(partition: PlanarPartition): [number, number][][] {
	return Array.from(partition.starts.subarray(1), (_, arc) => arcPositions(partition, arc));
}

/** Unit edges of the picture that are borders, by definition. */
function borderEdges({ data, width, height }: LabelMap): Set<string> {
	const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? -1 : data[y * width + x]);
	const edges = new Set<string>();
	for (let y = 0; y <= height; y++) {
		for (let x = 0; x <= width; x++) {
			if (at(x, y) !== at(x, y - 1)) {
				edges.add(`${x},${y} east`);
			}
			if (at(x, y) !== at(x - 1, y)) {
				edges.add(`${x},${y} south`);
			}
		}
	}
	return edges;
}

describe("tracePartition", () => {
	it("stores every border once, without corners on straight stretches", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const { partition } = trace(labels);
			const seen: string[] = [];
			let faults = 0;
			for (const positions of allArcs(partition)) {
				for (const [step, [x, y]] of positions.slice(1).entries()) {
					const [fromX, fromY] = positions[step];
					const goesStraightOn = step > 0 && (positions[step - 1][0] === fromX) === (fromX === x);
					faults += (fromX === x) === (fromY === y) || goesStraightOn ? 1 : 0;
					for (let column = Math.min(fromX, x); column < Math.max(fromX, x); column++) {
						seen.push(`${column},${y} east`);
					}
					for (let row = Math.min(fromY, y); row < Math.max(fromY, y); row++) {
						seen.push(`${x},${row} south`);
					}
				}
			}
			expect(faults, `map ${index}`).toBe(0);
			expect(seen.sort().join(";"), `map ${index}`).toBe([...borderEdges(labels)].sort().join(";"));
		});
	});

	it("knows the regions on both sides, and goes around them", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const { partition, regions } = trace(labels);
			const { width, height } = labels;
			const at = (x: number, y: number) =>
				x < 0 || y < 0 || x >= width || y >= height ? OUTSIDE : regions.data[y * width + x];
			const arcs = allArcs(partition);
			const beside = arcs.flatMap(([[x, y], [nextX, nextY]]) => {
				const [stepX, stepY] = [Math.sign(nextX - x), Math.sign(nextY - y)];
				const [middleX, middleY] = [x + stepX / 2, y + stepY / 2];
				return [1, -1].map((side) =>
					at(Math.floor(middleX - (side * stepY) / 2), Math.floor(middleY + (side * stepX) / 2)),
				);
			});
			expect(Array.from(partition.regions), `map ${index}`).toEqual(beside);
			const { next } = partition;
			expect(Array.from(next.slice().sort()), `map ${index}`).toEqual([...next.keys()]);
			expect(
				Array.from(next, (after) => partition.regions[after]),
				`map ${index}`,
			).toEqual(beside);
			const begins = (halfEdge: number) => arcs[halfEdge >> 1].at(halfEdge & 1 ? -1 : 0)?.join();
			expect(Array.from(next, begins), `map ${index}`).toEqual(beside.map((_, halfEdge) => begins(halfEdge ^ 1)));
		});
	});

	it("ends arcs where three borders meet and at the corners of the picture", () => {
		const labels: LabelMap = { data: Uint8Array.of(0, 1, 0, 2, 2, 2), width: 3, height: 2, count: 3 };
		const { partition } = trace(labels);
		const arcs = allArcs(partition).map((positions) => positions.map((position) => position.join(",")).join(" "));
		expect(arcs.sort()).toEqual(
			["0,0 0,1", "0,0 1,0", "0,1 0,2", "0,1 1,1", "0,2 3,2", "1,0 1,1", "1,0 2,0", "1,1 2,1", "2,0 2,1"]
				.concat(["2,0 3,0", "2,1 3,1", "3,0 3,1", "3,1 3,2"])
				.sort(),
		);
		expect(partition.firstLoop).toBe(13);
	});

	it("makes a loop of a hole that touches nothing", () => {
		const data = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0);
		const { partition } = trace({ data, width: 3, height: 3, count: 2 });
		expect(partition.starts).toHaveLength(6);
		expect(partition.firstLoop).toBe(4);
		expect(arcPositions(partition, 4)).toEqual([
			[1, 1],
			[2, 1],
			[2, 2],
			[1, 2],
			[1, 1],
		]);
	});
});
