import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type ExportImage, encodeSvg } from "@dinoseg/core/labels";
import { loadKernels } from "@dinoseg/kernels";
import { decode } from "fast-png";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isExecutable } from "../../../../fixtures/is-executable.ts";
import { exportImageOf, LABEL_MAP_COUNT, makeLabelMap } from "../../../../fixtures/label-maps.ts";

const RSVG = process.env["RSVG_CONVERT"] ?? "/usr/bin/rsvg-convert";
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"];

const kernels = await loadKernels();

/** The label map of a number with names that need care, as a picture and as SVG; every other one split into regions. */
const EXPORTS = Array.from({ length: LABEL_MAP_COUNT }, (_, index) => {
	const image = exportImageOf(makeLabelMap(index));
	const segments = image.segments.map((segment) => ({ ...segment, name: `"<${segment.name}>" & 🌲\n` }));
	const svg = encodeSvg(kernels, { ...image, segments }, { splitRegions: index % 2 === 1 });
	return { image, svg };
});

interface Shown {
	readonly width: number;
	readonly height: number;
	/** Red, green, blue and alpha. Shape (height, width, 4). */
	readonly data: readonly number[];
}

/** Runs in the page, whose types are not known here. */
const SHOW = `async (svg) => {
	const picture = new Image();
	picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
	await picture.decode();
	const { naturalWidth: width, naturalHeight: height } = picture;
	const context = new OffscreenCanvas(width, height).getContext("2d");
	context.drawImage(picture, 0, 0);
	return { width, height, data: Array.from(context.getImageData(0, 0, width, height).data) };
}`;

/** The colours that a picture must have, as 0xrrggbb. */
function expectedColors({ labels, segments }: ExportImage): number[] {
	const colors = new Map(segments.map(({ id, color: [red, green, blue] }) => [id, red * 65536 + green * 256 + blue]));
	return Array.from(labels.data, (id) => colors.get(id) as number);
}

/** The colours of pixels of several channels, as 0xrrggbb; -1 where one is not opaque. */
function colorsOf(data: ArrayLike<number>, channels: number): number[] {
	return Array.from({ length: data.length / channels }, (_, pixel) => {
		const [red, green, blue, alpha = 255] = Array.from(
			{ length: channels },
			(_, channel) => data[pixel * channels + channel],
		);
		return alpha === 255 ? red * 65536 + green * 256 + blue : -1;
	});
}

describe.skipIf(!existsSync(RSVG))(`SVG in librsvg (skipped unless ${RSVG} is there)`, () => {
	it("shows each pixel in the colour of its segment", () => {
		for (const [index, { image, svg }] of EXPORTS.entries()) {
			const { data, width, height, channels } = decode(execFileSync(RSVG, ["--format=png"], { input: svg }));
			expect([width, height], `map ${index}`).toEqual([image.labels.width, image.labels.height]);
			expect(colorsOf(data, channels).join(), `map ${index}`).toBe(expectedColors(image).join());
		}
	}, 600_000);
});

describe.skipIf(!isExecutable(CHROMIUM))(`SVG in Chromium (skipped unless ${CHROMIUM} is there)`, () => {
	let browser: Browser;

	beforeAll(async () => {
		browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
	}, 60_000);

	afterAll(() => browser?.close());

	it("shows each pixel in the colour of its segment", async () => {
		const page = await browser.newPage();
		for (const [index, { image, svg }] of EXPORTS.entries()) {
			const shown = await page.evaluate<Shown>(`(${SHOW})(${JSON.stringify(svg)})`);
			expect([shown.width, shown.height], `map ${index}`).toEqual([image.labels.width, image.labels.height]);
			expect(colorsOf(shown.data, 4).join(), `map ${index}`).toBe(expectedColors(image).join());
		}
	}, 600_000);
});
