import type { PixelSize } from "@dinoseg/core/options";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ASCII, encodeTiff, RATIONAL, SHORT, type TiffOptions, type TiffTag } from "../../../fixtures/tiff.ts";
import { decodeImage } from "../dist/image/decode.js";

const [DESCRIPTION, X, Y, UNIT] = [270, 282, 283, 296];
const resolution = (x: number, y: number, unit: number): TiffTag[] => [
	{ tag: X, type: RATIONAL, values: [x] },
	{ tag: Y, type: RATIONAL, values: [y] },
	{ tag: UNIT, type: SHORT, values: [unit] },
];
const description = (text: string): TiffTag => ({
	tag: DESCRIPTION,
	type: ASCII,
	values: [...Buffer.from(`${text}\0`)],
});
const imageJ = (unit: string): TiffTag => description(`ImageJ=1.54f\nimages=1\nunit=${unit}\nloop=false\n`);
const ome = (attributes: string): TiffTag =>
	description(`<?xml version="1.0"?><OME><Image><Pixels SizeX="3" ${attributes}></Pixels></Image></OME>`);

async function decode(bytes: Uint8Array): Promise<PixelSize | undefined> {
	const { pixelSize, warnings } = await decodeImage(bytes, { name: "cells.tif", maxPixels: 1000 });
	expect(warnings).toEqual([]);
	return pixelSize;
}

function sizeOf(tags: readonly TiffTag[], options?: TiffOptions): Promise<PixelSize | undefined> {
	return decode(
		encodeTiff([{ width: 3, height: 2, channels: 1, data: Uint8Array.of(250, 200, 150, 100, 50, 0), tags }], options),
	);
}

describe("the size of a pixel of a TIFF", () => {
	it("is its resolution, in every layout of the file", async () => {
		const layouts: TiffOptions[] = [{}, { bigEndian: true }, { big: true }, { big: true, bigEndian: true }];
		const perMm = fc.double({ min: 0.01, max: 150, noNaN: true });
		await fc.assert(
			fc.asyncProperty(perMm, perMm, fc.constantFrom(...layouts), async (x, y, layout) => {
				fc.pre([72, 96, 25.4].every((dpi) => Math.abs((x * 25.4) / dpi - 1) > 0.01));
				for (const [unit, length] of [
					[2, 25.4],
					[3, 10],
				]) {
					const size = await sizeOf(resolution(x * length, y * length, unit), layout);
					expect(size?.unit).toBe("mm");
					expect((size?.width ?? 0) * x).toBeCloseTo(1, 3);
					expect((size?.height ?? 0) * y).toBeCloseTo(1, 3);
				}
			}),
			{ numRuns: 30 },
		);
	});

	it.each(["micron", "um", "µm", "\\u00B5m"])("is what ImageJ wrote in %s", async (unit) => {
		expect(await sizeOf([imageJ(unit), ...resolution(4, 2, 1)])).toEqual({ width: 0.25, height: 0.5, unit: "um" });
	});

	it.each([
		['PhysicalSizeX="0.25" PhysicalSizeY="0.5"', { width: 0.25, height: 0.5, unit: "um" }],
		[
			'PhysicalSizeX="65" PhysicalSizeXUnit="nm" PhysicalSizeY="65" PhysicalSizeYUnit="nm"',
			{ width: 65, height: 65, unit: "nm" },
		],
		[
			'PhysicalSizeX="2" PhysicalSizeXUnit="&#181;m" PhysicalSizeY="3" PhysicalSizeYUnit="µm"',
			{ width: 2, height: 3, unit: "um" },
		],
	])("is that of OME, which the resolution does not overrule: %s", async (attributes, expected) => {
		expect(await sizeOf([ome(attributes), ...resolution(300, 300, 2)])).toEqual(expected);
	});

	it("turns with the picture", async () => {
		const turned: TiffTag = { tag: 274, type: SHORT, values: [6] };
		expect(await sizeOf([turned, ...resolution(100, 50, 3)])).toEqual({ width: 0.2, height: 0.1, unit: "mm" });
	});

	it.each<[string, readonly TiffTag[]]>([
		["nothing", []],
		["a ratio only", resolution(3, 4, 1)],
		["the dots of a screen", resolution(72, 72, 2)],
		["the dots of a screen, per centimetre", resolution(28.35, 28.35, 3)],
		["a resolution of 0", resolution(0, 0, 2)],
		["a unit of ImageJ that is no length", [imageJ("pixel"), ...resolution(4, 4, 1)]],
		["sizes of OME in two units", [ome('PhysicalSizeX="1" PhysicalSizeXUnit="mm" PhysicalSizeY="1"')]],
		["a size of OME below 0", [ome('PhysicalSizeX="-1" PhysicalSizeY="1"')]],
		["a size of OME that is no number", [ome('PhysicalSizeX="wide" PhysicalSizeY="1"')]],
		["a description beyond the file", [{ ...imageJ("um"), count: 2 ** 31, offset: 2 ** 31 }]],
	])("is not known of a file that says %s", async (_, tags) => {
		expect(await sizeOf(tags)).toBeUndefined();
	});

	it("is not what libvips writes when nobody gave it a resolution", async () => {
		const grey = sharp({ create: { width: 3, height: 2, channels: 3, background: "grey" } });
		expect(await decode(await grey.tiff().toBuffer())).toBeUndefined();
		expect(await decode(await grey.jpeg().withMetadata({ density: 300 }).toBuffer())).toBeUndefined();
	});
});
