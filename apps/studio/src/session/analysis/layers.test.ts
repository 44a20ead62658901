import { segmentColor } from "@dinoseg/core/labels";
import { describe, expect, it } from "vitest";
import { openedPicture, PORTS, settingsOf, tokensOf } from "../../../../../fixtures/analysed-pictures.ts";
import { asRegions } from "../../../../../fixtures/as-regions.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { createAnalysis } from "./create-analysis.ts";
import { type ResultLayerKind, resultLayer } from "./layers.ts";

const picture = openedPicture("fields with noise");
const tokens = tokensOf(picture);
const analysis = createAnalysis(kernels, picture, PORTS);
const clusters = await analysis.segment(tokens, settingsOf({ clusters: 4 }));
const regions = asRegions(await analysis.segment(tokens, settingsOf({ segments: "regions", clusters: 6 })));

const KINDS: readonly ResultLayerKind[] = ["denoised", "patches", "components", "confidence", "borders"];

describe("a layer", () => {
	it.each(KINDS)("has as many values as its shape: %s", (kind) => {
		for (const result of [clusters, regions]) {
			const layer = resultLayer(result, kind, { kernels });
			if (kind === "borders" && result.kind === "clusters") {
				expect(layer).toBeUndefined();
			} else {
				expect(layer?.kind).toBe(kind);
				expect(layer?.data).toHaveLength((layer?.width ?? 0) * (layer?.height ?? 0) * (layer?.channels ?? 0));
			}
		}
	});

	it("of patches has the colours of clusters, and those that people gave", () => {
		const ids = clusters.kind === "clusters" ? [...clusters.tokenLabels] : [];
		const { data } = resultLayer(clusters, "patches", { kernels }) ?? { data: [] };
		expect([...data]).toEqual(ids.flatMap((id) => [...segmentColor(id)]));
		const colorOf = (id: number) => [id, 7, 9] as const;
		const given = resultLayer(clusters, "patches", { kernels, colorOf });
		expect([...(given?.data ?? [])]).toEqual(ids.flatMap((id) => [id, 7, 9]));
	});

	it("of patches has the region under the centre of each token", () => {
		const { rows, cols } = tokens.grid;
		const colorOf = (id: number) => [id, 0, 0] as const;
		const layer = resultLayer(regions, "patches", { kernels, colorOf });
		for (let token = 0; token < rows * cols; token++) {
			const x = Math.floor((((token % cols) + 0.5) * 64) / cols);
			const y = Math.floor(((Math.floor(token / cols) + 0.5) * 48) / rows);
			expect(layer?.data[3 * token]).toBe(regions.labels.data[y * 64 + x]);
		}
	});

	it("of patches is white where no segment is", () => {
		const labels = { ...regions.labels, background: 0 };
		const layer = resultLayer({ ...regions, labels }, "patches", { kernels });
		const white = [...(layer?.data ?? [])].filter(
			(_, at, all) => at % 3 === 0 && all.slice(at, at + 3).every((value) => value === 255),
		);
		expect(white.length).toBeGreaterThan(0);
	});

	it("of components reaches from black to white in each channel, and is grey where tokens are equal", () => {
		const { data } = resultLayer(clusters, "components", { kernels }) ?? { data: new Uint8Array() };
		for (let channel = 0; channel < 3; channel++) {
			const values = data.filter((_, at) => at % 3 === channel);
			expect([Math.min(...values), Math.max(...values)]).toEqual([0, 255]);
		}
		const flat = { ...tokens.grid, data: new Float32Array(tokens.grid.data.length).fill(0.25) };
		const layer = resultLayer({ ...clusters, tokens: () => flat }, "components", { kernels });
		expect(new Set(layer?.data)).toEqual(new Set([128]));
	});

	it("of components keeps an outlier from darkening all else", () => {
		const { dim } = tokens.grid;
		const rows = 300;
		const grid = { ...tokens.grid, rows: 1, cols: rows, data: new Float32Array(rows * dim) };
		for (let row = 0; row < rows; row++) {
			grid.data[row * dim] = row === 0 ? 1e6 : row % 100;
		}
		const layer = resultLayer({ ...clusters, tokens: () => grid }, "components", { kernels });
		expect(new Set(layer?.data.filter((_, at) => at % 3 === 0)).size).toBeGreaterThan(90);
	});
});
