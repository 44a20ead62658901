import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../../fixtures/kernels.ts";
import type { ClusterChoice } from "../../cluster/index.ts";
import { segmentColor } from "../../labels/palette.ts";
import { ACCENT, FIGURE_WIDTH } from "../figure-style.ts";
import { renderSweep, type SweepContent, sweepThumbnail } from "./sweep.ts";
import { formatCriterion } from "./sweep-chart.ts";
import { sweepPalettes } from "./sweep-colors.ts";
import { gridHeight, layoutSweep } from "./sweep-layout.ts";

/** Upright stripes, as many as clusters, over a grey gradient. */
function content(
	width: number,
	height: number,
	range: { min: number; max: number },
	criterion: ClusterChoice["criterion"] = "separation",
): SweepContent {
	const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => Math.floor(index / 3) % 251);
	const counts = Array.from({ length: range.max - range.min + 1 }, (_, index) => range.min + index);
	return {
		image: { data, width, height },
		maps: counts.map((clusters) => {
			const labels = Uint8Array.from({ length: width * height }, (_, index) =>
				Math.floor(((index % width) * clusters) / width),
			);
			return { clusters, labels: { data: labels, width, height, count: clusters } };
		}),
		choice: { criterion, clusters: range.min, curve: counts.map((clusters) => ({ clusters, value: 1 / clusters })) },
		caption: {
			model: "tiny",
			clusters: range.min,
			criterion,
			input: { width: 518, height: 378 },
			median: 5,
			made: { smoothing: { method: "median", window: 15 } },
		},
	};
}

describe("renderSweep", () => {
	it("does not colour what belongs to no segment, shrunk or not", () => {
		const given = content(200, 150, { min: 2, max: 3 });
		const image = { ...given.image, data: new Uint8Array(200 * 150 * 3).fill(77) };
		const maps = given.maps.map(({ clusters, labels }) => ({
			clusters,
			labels: { ...labels, data: labels.data.slice().fill(clusters), count: clusters + 1, background: clusters },
		}));
		const countGrey = (sheet: { data: Uint8Array }) =>
			sheet.data.filter((value, at) => at % 3 === 0 && value === 77 && sheet.data[at + 1] === 77).length;
		const layout = layoutSweep(200, 150, 2);
		const panels = 2 * layout.panelWidth * layout.panelHeight;
		for (const shown of [maps, maps.map((map) => sweepThumbnail(map, 2))]) {
			// All but the frames.
			expect(countGrey(renderSweep(kernels, { ...given, image, maps: shown }))).toBeGreaterThan(0.97 * panels);
		}
	});

	it.each([
		[1, 1, 2, 12],
		[24, 16, 2, 31],
		[200, 150, 2, 12],
		[150, 400, 3, 5],
		[20000, 10, 2, 12],
		[10, 20000, 1, 9],
		[700, 800, 4, 4],
	])("is 1600 wide with white margins for %i x %i and k from %i to %i", (width, height, min, max) => {
		const sheet = renderSweep(kernels, content(width, height, { min, max }));
		expect(sheet.width).toBe(FIGURE_WIDTH);
		expect(sheet.height).toBeLessThanOrEqual(2400);
		expect(sheet.data.length).toBe(sheet.width * sheet.height * 3);
		for (let y = 0; y < sheet.height; y++) {
			for (const x of [0, 20, sheet.width - 20, sheet.width - 1]) {
				expect(sheet.data[(y * sheet.width + x) * 3]).toBe(255);
			}
		}
	});

	it("gives the same bytes everywhere, also from thumbnails", () => {
		const whole = content(90, 60, { min: 2, max: 5 });
		const reduced = whole.maps.map((map) => sweepThumbnail(map, 4));
		for (const maps of [whole.maps, reduced]) {
			const { data } = renderSweep(kernels, { ...whole, maps });
			expect(createHash("sha256").update(data).digest("hex")).toBe(
				"8ede3de95d82bf3cd48a79d8ac78d845db4aa136f77a50182b2626fecb88f460",
			);
		}
	});

	it.each(["separation", "detail"] as const)(
		"marks the map that %s chooses, also where all values are equal",
		(criterion) => {
			const whole = content(90, 60, { min: 2, max: 4 }, criterion);
			const curve = whole.choice.curve.map(({ clusters }) => ({ clusters, value: 0 }));
			const { data } = renderSweep(kernels, { ...whole, choice: { ...whole.choice, curve } });
			let marked = 0;
			for (let at = 0; at < data.length; at += 3) {
				marked += ACCENT.every((channel, index) => data[at + index] === channel) ? 1 : 0;
			}
			expect(marked).toBeGreaterThan(2000);
		},
	);

	it("refuses maps that are not those of the curve", () => {
		const whole = content(9, 6, { min: 2, max: 4 });
		expect(() => renderSweep(kernels, { ...whole, maps: whole.maps.slice(1) })).toThrowError(
			expect.objectContaining({
				code: "SHAPE_MISMATCH",
				message: expect.stringContaining("with 2, 3, 4 clusters, got 3, 4"),
			}),
		);
	});
});

describe("layoutSweep", () => {
	it("keeps panels inside their columns and the sheet on a page", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 20000 }),
				fc.integer({ min: 1, max: 20000 }),
				fc.integer({ min: 1, max: 30 }),
				(width, height, count) => {
					const layout = layoutSweep(width, height, count);
					expect(layout.columns).toBeLessThanOrEqual(count);
					expect(layout.panelWidth).toBeLessThanOrEqual(Math.max(8, layout.columnWidth));
					expect(layout.panelWidth).toBe(Math.max(8, Math.round(width * layout.scale)));
					expect(layout.panelHeight).toBe(Math.max(8, Math.round(height * layout.scale)));
					expect(gridHeight(layout, count)).toBeLessThanOrEqual(1350);
				},
			),
		);
	});

	it("fills rows", () => {
		expect(layoutSweep(600, 400, 11).columns).toBe(4);
		expect(layoutSweep(400, 600, 11).columns).toBe(6);
		expect(layoutSweep(600, 400, 3).columns).toBe(3);
		expect(layoutSweep(20000, 10, 11).columns).toBe(1);
	});
});

describe("sweepPalettes", () => {
	const mapOf = (text: string) => {
		const data = Uint8Array.from(text, Number);
		return { data, width: data.length, height: 1, count: Math.max(...data) + 1 };
	};

	it("gives a segment the colour that it has in the next map, and the anchor its own", () => {
		const maps = [mapOf("000011"), mapOf("000122"), mapOf("111023")];
		const palettes = sweepPalettes(
			maps,
			1,
			Array.from({ length: 9 }, (_, color) => [color, color, color] as const),
		);
		expect(palettes.map((palette) => palette.map(([color]) => color))).toEqual([
			[0, 2],
			[0, 1, 2],
			[1, 0, 2, 3],
		]);
		expect(sweepPalettes([maps[1]], 0, [segmentColor(0), segmentColor(1)])[0]).toHaveLength(3);
	});

	it("gives the segments of one map different colours", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 4 }), fc.nat({ max: 6 })), { minLength: 1 }),
				(rows) => {
					const maps = [0, 1, 2].map((index) => mapOf(rows.map((row) => row[index]).join("")));
					for (const palette of sweepPalettes(
						maps,
						1,
						Array.from({ length: 20 }, (_, color) => [color, 0, 0] as const),
					)) {
						expect(new Set(palette.map(([color]) => color)).size).toBe(palette.length);
					}
				},
			),
		);
	});
});

it.each<[ClusterChoice["criterion"], number, string]>([
	["separation", 0.256, "0.26"],
	["detail", 48.7, "49"],
])("writes the %s %d as %s", (criterion, value, text) => {
	expect(formatCriterion(criterion, value)).toBe(text);
});
