import { describe, expect, it } from "vitest";
import { drawRings } from "../../../../../fixtures/draw-rings.ts";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { makeLabelMap, PROVED_MAP_COUNT } from "../../../../../fixtures/label-maps.ts";
import { forEachSeed } from "../../../../../fixtures/seeds.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { type RegionPolygons, tracePolygons } from "./region-polygons.ts";
import { ringArea } from "./region-rings.ts";

const TOLERANCES = [0.8, 1.5, 4, 1000];

function regionsOf(polygons: RegionPolygons): number[][][] {
	return Array.from({ length: polygons.count }, (_, region) => polygons.rings(region));
}

/** How often a ring comes to a position where it has been before. */
function repeatedVertices(ring: readonly number[]): number {
	const positions = new Set<number>();
	for (let index = 0; index < ring.length; index += 2) {
		positions.add(ring[index] * 65536 + ring[index + 1]);
	}
	return ring.length / 2 - positions.size;
}

type Segment = readonly [x: number, y: number, nextX: number, nextY: number];

function segmentsOf(rings: readonly (readonly number[])[]): Segment[] {
	return rings.flatMap((ring) =>
		Array.from({ length: ring.length / 2 }, (_, vertex): Segment => {
			const index = 2 * vertex;
			return [ring[index], ring[index + 1], ring[(index + 2) % ring.length], ring[(index + 3) % ring.length]];
		}),
	);
}

const side = ([ax, ay, bx, by]: Segment, x: number, y: number) =>
	Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));

function isOn(segment: Segment, x: number, y: number): boolean {
	const [ax, ay, bx, by] = segment;
	const isInBox = x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by);
	return isInBox && side(segment, x, y) === 0 && !(x === ax && y === ay) && !(x === bx && y === by);
}

/** Whether two different segments have more in common than ends of both. */
function cross(a: Segment, b: Segment): boolean {
	const [ax, ay, bx, by] = a;
	const [cx, cy, dx, dy] = b;
	const isProper = side(a, cx, cy) * side(a, dx, dy) < 0 && side(b, ax, ay) * side(b, bx, by) < 0;
	return isProper || isOn(a, cx, cy) || isOn(a, dx, dy) || isOn(b, ax, ay) || isOn(b, bx, by);
}

/** Pairs of segments that cross or touch elsewhere than at common ends. */
function crossings(segments: readonly Segment[]): number {
	const left = ([ax, , bx]: Segment) => Math.min(ax, bx);
	const right = ([ax, , bx]: Segment) => Math.max(ax, bx);
	const sorted = [...segments].sort((a, b) => left(a) - left(b));
	let found = 0;
	for (const [index, a] of sorted.entries()) {
		for (let other = index + 1; other < sorted.length && left(sorted[other]) <= right(a); other++) {
			found += cross(a, sorted[other]) ? 1 : 0;
		}
	}
	return found;
}

/** Each segment once, whichever way it runs; and how many do not run once each way, or once along the picture's border. */
function shareSegments(segments: readonly Segment[], { width, height }: LabelMap) {
	const signs = new Map<string, { segment: Segment; times: number; sum: number }>();
	for (const segment of segments) {
		const [ax, ay, bx, by] = segment;
		const isForward = ax < bx || (ax === bx && ay < by);
		const key = isForward ? segment.join() : [bx, by, ax, ay].join();
		const entry = signs.get(key) ?? { segment, times: 0, sum: 0 };
		entry.times++;
		entry.sum += isForward ? 1 : -1;
		signs.set(key, entry);
	}
	const isBorder = ([ax, ay, bx, by]: Segment) =>
		(ax === bx && (ax === 0 || ax === width)) || (ay === by && (ay === 0 || ay === height));
	const entries = [...signs.values()];
	const faults = entries.filter(({ segment, times, sum }) =>
		isBorder(segment) ? times !== 1 : times !== 2 || sum !== 0,
	);
	return { distinct: entries.map(({ segment }) => segment), faults: faults.length };
}

describe("tracePolygons", () => {
	it("covers each region's pixels exactly", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const { data, count, segments } = labelRegions(kernels, labels);
			const polygons = tracePolygons(kernels, labels);
			expect([polygons.count, ...polygons.segments]).toEqual([count, ...segments]);
			const drawn = new Int32Array(data.length).fill(-1);
			for (const [region, rings] of regionsOf(polygons).entries()) {
				drawRings(drawn, labels.width, rings, region);
			}
			expect(drawn.join(), `map ${index}`).toBe(data.join());
		});
	});

	it("has areas that are the numbers of pixels, one exterior each, and rings that never touch themselves", () => {
		forEachSeed(PROVED_MAP_COUNT, (index) => {
			const labels = makeLabelMap(index);
			const polygons = tracePolygons(kernels, labels);
			const pixels = new Array<number>(polygons.count).fill(0);
			for (const region of labelRegions(kernels, labels).data) {
				pixels[region]++;
			}
			const regions = regionsOf(polygons);
			const areas = regions.map((rings) => rings.map(ringArea));
			const isExteriorFirst = areas.map(([exterior, ...holes]) => exterior > 0 && holes.every((area) => area < 0));
			expect(Array.from(polygons.pixels), `map ${index}`).toEqual(pixels);
			expect(
				areas.map((rings) => rings.reduce((sum, area) => sum + area)),
				`map ${index}`,
			).toEqual(pixels);
			expect(isExteriorFirst, `map ${index}`).not.toContain(false);
			expect(regions.flat().filter(repeatedVertices), `map ${index}`).toEqual([]);
		});
	});

	it.each([0, ...TOLERANCES])(
		"shares every border, and no two cross, simplified by %s",
		(simplify) => {
			forEachSeed(PROVED_MAP_COUNT, (index) => {
				const labels = makeLabelMap(index);
				const regions = regionsOf(tracePolygons(kernels, labels, { simplify }));
				const { distinct, faults } = shareSegments(regions.flatMap(segmentsOf), labels);
				expect(faults, `map ${index}`).toBe(0);
				expect(crossings(distinct), `map ${index}`).toBe(0);
			});
		},
		30_000,
	);

	it.each(TOLERANCES)(
		"keeps every region and the area of the picture, simplified by %s",
		(simplify) => {
			forEachSeed(PROVED_MAP_COUNT, (index) => {
				const labels = makeLabelMap(index);
				const exact = tracePolygons(kernels, labels);
				const simplified = tracePolygons(kernels, labels, { simplify });
				const regions = regionsOf(simplified);
				const areas = regions.map((rings) => rings.reduce((sum, ring) => sum + ringArea(ring), 0));
				expect(simplified.pixels, `map ${index}`).toEqual(exact.pixels);
				expect(
					regions.map((rings) => rings.length),
					`map ${index}`,
				).toEqual(regionsOf(exact).map((rings) => rings.length));
				expect(
					areas.filter((area) => area <= 0),
					`map ${index}`,
				).toEqual([]);
				expect(
					areas.reduce((sum, area) => sum + area),
					`map ${index}`,
				).toBe(labels.width * labels.height);
				expect(regions.flat().filter(repeatedVertices), `map ${index}`).toEqual([]);
			});
		},
		30_000,
	);

	it("draws stairs as a straight line, and keeps both sides of it together", () => {
		const side = 12;
		const data = Uint8Array.from({ length: side * side }, (_, pixel) =>
			pixel % side < Math.floor(pixel / side) ? 1 : 0,
		);
		const labels = { data, width: side, height: side, count: 2 };
		expect(tracePolygons(kernels, labels).rings(0)[0]).toHaveLength(2 * 26);
		const { rings } = tracePolygons(kernels, labels, { simplify: 3 });
		expect(rings(0)).toEqual([[0, 0, 12, 0, 12, 12, 11, 12, 0, 1]]);
		expect(rings(1)).toEqual([[0, 1, 11, 12, 0, 12]]);
	});

	it("traces a hole that touches the outside at a corner apart from it", () => {
		const data = Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0);
		const { rings, count } = tracePolygons(kernels, { data, width: 3, height: 3, count: 2 });
		expect(count).toBe(3);
		expect(rings(1)).toEqual([
			[1, 0, 3, 0, 3, 3, 0, 3, 0, 1, 1, 1],
			[1, 1, 1, 2, 2, 2, 2, 1],
		]);
	});

	it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses to simplify by %s", (simplify) => {
		expect(errorOf(() => tracePolygons(kernels, makeLabelMap(7), { simplify }))).toMatchObject({
			code: "OPTION_INVALID",
			details: { option: "simplify", value: simplify },
		});
	});

	it("refuses a map of another length than its sides say", () => {
		const labels = { data: new Uint8Array(5), width: 2, height: 3, count: 1 };
		expect(errorOf(() => tracePolygons(kernels, labels)).code).toBe("SHAPE_MISMATCH");
	});
});
