import { describe, expect, it } from "vitest";
import { addSaltAndPepper } from "../../../fixtures/salt-and-pepper.ts";
import { DENSITIES, type PhotographNoise } from "./measure-noise.ts";
import { type NoiseLine, noisePlot } from "./noise-plot.ts";
import { meanAgreement, noiseTable, percent, photographTable } from "./noise-tables.ts";

const flat = (value: number) => DENSITIES.map(() => value);
const PHOTOGRAPHS: readonly PhotographNoise[] = [
	{ photograph: "a.jpg", agreement: { none: flat(0.5), before: flat(1), after: flat(0.9) } },
	{ photograph: "b.jpg", agreement: { none: flat(0.25), before: flat(0.98), after: flat(0.8) } },
];

describe("addSaltAndPepper", () => {
	const image = { data: new Uint8Array(300 * 200 * 3).fill(100), width: 300, height: 200 };

	it("turns about the asked share of the pixels black or white, half of them each", () => {
		for (const density of DENSITIES) {
			const { data } = addSaltAndPepper(image, density, 1);
			const count = (value: number) => data.filter((other) => other === value).length / data.length;
			expect(Math.abs(count(0) - density / 2)).toBeLessThan(0.005);
			expect(Math.abs(count(255) - density / 2)).toBeLessThan(0.005);
			expect(count(0) + count(255) + count(100)).toBeCloseTo(1, 10);
		}
	});

	it("leaves the picture alone, is the same for a seed and another for the next", () => {
		const noisy = (density: number, seed: number) => Buffer.from(addSaltAndPepper(image, density, seed).data);
		expect(noisy(0.1, 1).equals(noisy(0.1, 1))).toBe(true);
		expect(noisy(0.1, 1).equals(noisy(0.1, 2))).toBe(false);
		expect(noisy(0, 1).equals(image.data)).toBe(true);
		expect(image.data.every((value) => value === 100)).toBe(true);
	});
});

describe("tables of noise", () => {
	it("have the means of the photographs", () => {
		expect(meanAgreement(PHOTOGRAPHS, "none")).toEqual(flat(0.375));
		const [, , first, ...others] = noiseTable(PHOTOGRAPHS).split("\n");
		expect(first).toBe("| 1 % | 0.375 | 0.990 | 0.850 |");
		expect(others).toHaveLength(DENSITIES.length - 1);
	});

	it("have a row for each photograph and each density that is shown", () => {
		const rows = photographTable(PHOTOGRAPHS, [0.05, 0.1]).split("\n").slice(2);
		expect(rows).toHaveLength(4);
		expect(rows[1]).toBe("| a.jpg | 10 % | 0.500 | 1.000 | 0.900 |");
		expect([0.01, 0.07, 0.1].map(percent)).toEqual(["1 %", "7 %", "10 %"]);
	});
});

describe("noisePlot", () => {
	const line = (order: NoiseLine["order"], value: number): NoiseLine => ({
		order,
		title: order,
		mean: flat(value),
		lowest: flat(value - 0.1),
		highest: flat(value),
	});
	const svg = noisePlot(DENSITIES, [line("none", 0.42), line("before", 0.98), line("after", 0.975)], "two photographs");

	it("begins every line at 1 and stays inside its frame", () => {
		const lines = [...svg.matchAll(/<polyline [^>]*points="([^"]+)"/g)].map(([, points]) => points.split(" "));
		expect(lines.map((points) => points.length)).toEqual([5, 5, 5]);
		expect(new Set(lines.map(([first]) => first)).size).toBe(1);
		const heights = [...svg.matchAll(/ (?:y|cy|y1)="([\d.]+)"/g)].map(([, y]) => Number(y));
		const [, , , height] = (/viewBox="([^"]+)"/.exec(svg)?.[1] ?? "").split(" ").map(Number);
		expect(Math.max(...heights)).toBeLessThan(height);
		expect(svg).toContain(">0.3<");
	});

	it("keeps labels apart, and has colours for light and for dark paper", () => {
		const places = [...svg.matchAll(/class="value [^"]*" x="\d+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
		const sorted = [...places].sort((a, b) => a - b);
		expect(sorted).toHaveLength(3);
		expect(sorted[1] - sorted[0]).toBeGreaterThanOrEqual(30);
		expect(svg).toContain("prefers-color-scheme: dark");
	});
});
