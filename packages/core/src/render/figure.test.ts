import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels } from "../../../../fixtures/kernels.ts";
import { PALETTE, paletteTable, segmentColor } from "../labels/palette.ts";
import { type FigureContent, layoutPanels, renderFigure } from "./figure.ts";
import { captionParts, type FigureCaption, formatShare, panelTitles } from "./figure-caption.ts";
import { layoutLegend, legendEntries } from "./figure-legend.ts";
import { FIGURE_WIDTH } from "./figure-style.ts";

const caption: FigureCaption = {
	model: "dinov2-large",
	clusters: 6,
	input: { width: 518, height: 378 },
	pca: { components: 105, share: 0.9903 },
	median: 5,
	made: { smoothing: { method: "median", window: 15 } },
};

/** A grey gradient; `count` segments as upright stripes. */
function content(width: number, height: number, count: number): FigureContent {
	const original = {
		data: Uint8Array.from({ length: width * height * 3 }, (_, index) => Math.floor(index / 3) % 251),
		width,
		height,
	};
	const data = Uint16Array.from({ length: width * height }, (_, index) =>
		Math.floor(((index % width) * count) / width),
	);
	const labels = { data, width, height, count };
	const parts = { ...labels, colors: paletteTable(count) };
	return { original, blurred: original, parts, segments: labels, caption };
}

describe("renderFigure", () => {
	it.each([
		[1, 1],
		[16, 11],
		[200, 150],
		[150, 400],
		[20000, 10],
		[10, 20000],
		[700, 800],
		[699, 800],
	])("is 1600 wide and at most 2400 high for %i x %i", (width, height) => {
		const figure = renderFigure(kernels, { ...content(width, height, 300), title: "x".repeat(500) });
		expect(figure.width).toBe(FIGURE_WIDTH);
		expect(figure.height).toBeGreaterThan(200);
		expect(figure.height).toBeLessThanOrEqual(2400);
		expect(figure.data.length).toBe(figure.width * figure.height * 3);
	});

	it("shows the segments in the pure colours of the palette", () => {
		const { data, height } = renderFigure(kernels, content(400, 300, 3));
		const colors = new Map<number, number>();
		for (let index = 0; index < data.length; index += 3) {
			const color = data[index] * 65536 + data[index + 1] * 256 + data[index + 2];
			colors.set(color, (colors.get(color) ?? 0) + 1);
		}
		for (const id of [0, 1, 2]) {
			const [red, green, blue] = segmentColor(id);
			expect(colors.get(red * 65536 + green * 256 + blue)).toBeGreaterThan(FIGURE_WIDTH * height * 0.1);
		}
	});

	it("has a white margin", () => {
		const { data, width, height } = renderFigure(kernels, content(300, 200, 3));
		for (let y = 0; y < height; y++) {
			for (const x of [0, 20, width - 20, width - 1]) {
				expect(data[(y * width + x) * 3]).toBe(255);
			}
		}
	});

	it("grows by a line for a title, whatever it holds", () => {
		const plain = renderFigure(kernels, content(64, 48, 2));
		const titled = renderFigure(kernels, { ...content(64, 48, 2), title: "図 \u0000.jpg" });
		expect(titled.height).toBeGreaterThan(plain.height);
	});

	it("gives the same bytes everywhere", () => {
		const { data } = renderFigure(kernels, { ...content(90, 60, 5), title: "cat.jpg" });
		expect(createHash("sha256").update(data).digest("hex")).toBe(
			"216b3feaaa94bb9e31238a74848ea6860a8fe6e3eb8b9de6cc3e59c3c8c35d2e",
		);
	});

	it("refuses pictures of different sizes", () => {
		const wrong = { ...content(8, 6, 2), segments: content(6, 8, 2).segments };
		expect(() => renderFigure(kernels, wrong)).toThrowError(
			expect.objectContaining({ code: "SHAPE_MISMATCH", message: expect.stringContaining("segments") }),
		);
	});
});

describe("layoutPanels", () => {
	it("puts tall pictures in a row and others two by two", () => {
		expect(layoutPanels(874, 1000).columns).toBe(4);
		expect(layoutPanels(875, 1000).columns).toBe(2);
		expect(layoutPanels(4000, 3000).columns).toBe(2);
	});

	it("keeps panels inside their column and pixels square, long thin pictures apart", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 20000 }), fc.integer({ min: 1, max: 20000 }), (width, height) => {
				const { columnWidth, panelWidth, panelHeight, scale } = layoutPanels(width, height);
				expect(panelWidth).toBeLessThanOrEqual(columnWidth);
				expect(panelWidth).toBe(Math.max(8, Math.round(width * scale)));
				expect(panelHeight).toBe(Math.max(8, Math.round(height * scale)));
			}),
		);
	});
});

describe("legend", () => {
	it("names the segments that the map shows, with their share", () => {
		const labels = { data: Uint8Array.of(0, 0, 0, 2), width: 4, height: 1, count: 3 };
		expect(legendEntries(labels, PALETTE, new Map())).toEqual([
			{ id: 0, color: segmentColor(0), text: "75.0 %" },
			{ id: 2, color: segmentColor(2), text: "25.0 %" },
		]);
		const names = new Map([
			[1, "not there"],
			[2, "sky"],
		]);
		expect(legendEntries(labels, PALETTE, names).map(({ text }) => text)).toEqual(["75.0 %", "sky 25.0 %"]);
	});

	it("leaves out what belongs to no segment, and its share", () => {
		const labels = { data: Uint8Array.of(0, 0, 0, 1, 2, 2), width: 6, height: 1, count: 3, background: 2 };
		expect(legendEntries(labels, PALETTE, new Map()).map(({ text }) => text)).toEqual(["75.0 %", "25.0 %"]);
	});

	it("cuts long names, so that chips stay in their columns", () => {
		const labels = { data: Uint8Array.of(0), width: 1, height: 1, count: 1 };
		const [{ text }] = legendEntries(labels, PALETTE, new Map([[0, "very ".repeat(40)]]));
		expect(text).toMatch(/^very very.*… 100\.0 %$/);
		expect(layoutLegend([{ id: 0, color: segmentColor(0), text }], 1512).itemWidth).toBeLessThan(1512 / 2);
	});

	it("shows what fits and counts the rest", () => {
		const entries = Array.from({ length: 300 }, (_, id) => ({ id, color: segmentColor(id), text: "0.3 %" }));
		const few = layoutLegend(entries.slice(0, 6), 1512);
		expect([few.entries.length, few.hidden]).toEqual([6, 0]);
		const many = layoutLegend(entries, 1512);
		expect(many.entries.length + many.hidden).toBe(300);
		expect(many.entries.length).toBe(many.columns * 3 - 1);
		expect(many.columns * many.itemWidth).toBeLessThan(1512 + 40);
	});
});

describe("caption", () => {
	it("names k, the model, its input and the components", () => {
		expect(captionParts(caption, 6)).toEqual([
			"k = 6",
			"dinov2-large",
			"input 518 × 378",
			"105 PCA components, 99.0 % of the variance",
		]);
	});

	it("says when segments are missing, PCA was off or regions were absorbed", () => {
		const { pca: _, ...rest } = caption;
		expect(captionParts({ ...rest, minAreaPixels: 500 }, 5)).toEqual([
			"k = 6 (5 in the result)",
			"dinov2-large",
			"input 518 × 378",
			"no PCA",
			"regions below 500 pixels absorbed",
		]);
	});

	it("says what chose k", () => {
		expect(captionParts({ ...caption, criterion: "separation" }, 6)[0]).toBe("k = 6 (chosen by separation)");
		const made = { superpixels: 991, detail: "62.5" };
		expect(captionParts({ ...caption, criterion: "detail", made }, 6)[0]).toBe("6 regions (detail 62.5)");
		expect(captionParts({ ...caption, clusters: 1, made }, 1)[0]).toBe("1 region");
		expect(captionParts({ ...caption, criterion: "separation" }, 5)[0]).toBe(
			"k = 6 (chosen by separation, 5 in the result)",
		);
	});

	it("titles the panels after what was done", () => {
		expect(panelTitles(caption)).toEqual([
			"Original",
			"Median blur 5 × 5",
			"Segmentation (patches)",
			"Smoothed segmentation (median 15)",
		]);
		const none = panelTitles({ ...caption, median: 0, made: { smoothing: { method: "none", window: 1 } } });
		expect(none).toEqual(["Original", "Median blur (off)", "Segmentation (patches)", "Segmentation (pixels)"]);
		const regions = panelTitles({ ...caption, made: { superpixels: 991, detail: "50" } });
		expect(regions).toEqual(["Original", "Median blur 5 × 5", "991 superpixels", "Regions"]);
	});

	it.each([
		[1, "100.0 %"],
		[0.3425, "34.3 %"],
		[0.0004, "< 0.1 %"],
		[0, "0.0 %"],
	])("writes the share %d as %s", (share, text) => {
		expect(formatShare(share)).toBe(text);
	});
});
