import type { BandsOption, NoDataOption, StretchOption } from "@dinoseg/core/options";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ASCII, encodeTiff, SHORT, type TiffPage, type TiffTag } from "../../../fixtures/tiff.ts";
import { decodeImage } from "../dist/image/decode.js";
import { expectError } from "./support/expect-error.ts";
import { drawPixels, encoderFor, pixelAt } from "./support/make-image.ts";
import { useSegmenter } from "./support/with-segmenter.ts";

const [WIDTH, HEIGHT] = [9, 7];

interface Options {
	readonly nodata?: NoDataOption;
	readonly bands?: BandsOption;
	readonly stretch?: StretchOption;
}

const decode = (bytes: Uint8Array, options: Options = {}) =>
	decodeImage(bytes, { name: "scene.tif", maxPixels: 1000, ...options });

/** GDAL's tag for the value of samples without data. */
const gdal = (text: string): TiffTag => ({ tag: 42113, type: ASCII, values: [...Buffer.from(`${text}\0`)] });
const turned = (orientation: number): TiffTag => ({ tag: 274, type: SHORT, values: [orientation] });

/** Pixels of the upper left corner have no data. */
const isAbsent = (x: number, y: number) => x + y < 4;

type ArrayType = new (length: number) => TiffPage["data"];

/** A picture as stored; the samples of pixels with data differ from all that could stand for none. */
function scene(type: ArrayType, channels: number, absent: number, tags: readonly TiffTag[] = []): Uint8Array {
	const data = new type(WIDTH * HEIGHT * channels);
	for (let i = 0; i < data.length; i++) {
		const pixel = Math.floor(i / channels);
		const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
		data[i] = isAbsent(x, y) ? absent : 20 + x * 11 + y * 7 + (i % channels) * 13;
	}
	return encodeTiff([{ width: WIDTH, height: HEIGHT, channels, data, tags }]);
}

/** Which pixels have data, upright: where that of the stored picture lies by its orientation. */
function expectedValid(orientation: number): number[] {
	const [width, height] = orientation > 4 ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
	const stored: Record<number, (x: number, y: number) => [number, number]> = {
		1: (x, y) => [x, y],
		2: (x, y) => [width - 1 - x, y],
		3: (x, y) => [width - 1 - x, height - 1 - y],
		4: (x, y) => [x, height - 1 - y],
		5: (x, y) => [y, x],
		6: (x, y) => [y, width - 1 - x],
		7: (x, y) => [height - 1 - y, width - 1 - x],
		8: (x, y) => [height - 1 - y, x],
	};
	return Array.from({ length: width * height }, (_, at) => {
		return Number(!isAbsent(...stored[orientation](at % width, Math.floor(at / width))));
	});
}

const KINDS: [title: string, type: ArrayType, channels: number, absent: number, text: string][] = [
	["8 bits, grey", Uint8Array, 1, 0, "0"],
	["8 bits, colours", Uint8Array, 3, 255, "255"],
	["16 bits, grey", Uint16Array, 1, 0, "0"],
	["16 bits, colours", Uint16Array, 3, 65535, "65535"],
	["signed 16 bits", Int16Array, 1, -9999, " -9999 "],
	["32 bits", Uint32Array, 1, 4294967295, "4294967295"],
	["floats", Float32Array, 3, -3.4028234663852886e38, "-3.4028234663852886e+38"],
	["NaN", Float32Array, 1, Number.NaN, "nan"],
];

describe("pixels without data of a TIFF", () => {
	it.each(KINDS)("are told by its own tag: %s, in all orientations", async (_, type, channels, absent, text) => {
		for (let orientation = 1; orientation <= 8; orientation++) {
			const { image, valid } = await decode(scene(type, channels, absent, [gdal(text), turned(orientation)]));
			expect([...(valid as Uint8Array)], `orientation ${orientation}`).toEqual(expectedValid(orientation));
			const sums = [0, 0, 0];
			const present = valid?.reduce((sum, value) => sum + value, 0) as number;
			for (let at = 0; at < image.data.length; at++) {
				sums[at % 3] += valid?.[Math.floor(at / 3)] ? image.data[at] : 0;
			}
			const mean = sums.map((sum) => Math.floor(sum / present + 0.5));
			const absentAt = valid?.indexOf(0) as number;
			expect([...image.data.subarray(absentAt * 3, absentAt * 3 + 3)]).toEqual(mean);
		}
	});

	it.each(KINDS)("are told by an option: %s", async (_, type, channels, absent) => {
		const nodata = Number.isNaN(absent) ? "auto" : absent;
		const { valid, image } = await decode(scene(type, channels, absent), { nodata });
		expect([...(valid as Uint8Array)]).toEqual(expectedValid(1));
		const tagged = await decode(scene(type, channels, absent, [gdal(`${absent}`)]));
		expect({ image, valid }).toEqual({ image: tagged.image, valid: tagged.valid });
	});

	it("change no byte where there are none, and none where the option says so", async () => {
		for (const [, type, channels, absent, text] of KINDS.slice(0, 7)) {
			const plain = await decode(scene(type, channels, 77));
			for (const [bytes, options] of [
				[scene(type, channels, 77, [gdal(text)]), {}],
				[scene(type, channels, 77), { nodata: absent }],
				[scene(type, channels, 77), { nodata: "none" }],
				[scene(type, channels, 77, [gdal("77")]), { nodata: "none" }],
			] as const) {
				const { valid, ...decoded } = await decode(bytes, options);
				expect(valid).toBeUndefined();
				expect(decoded).toEqual(plain);
			}
		}
		expect(await decode(scene(Float32Array, 1, Number.NaN), { nodata: "none" })).not.toHaveProperty("valid");
	});

	it("are those of which all bands that are looked at have none", async () => {
		const data = Uint8Array.of(0, 0, 9, 0, 9, 9, 0, 0, 0, 9, 9, 9);
		const bytes = encodeTiff([{ width: 4, height: 1, channels: 3, data, tags: [gdal("0")] }]);
		const of = async (bands: BandsOption) => [...((await decode(bytes, { bands })).valid ?? [])];
		expect(await of("auto")).toEqual([1, 1, 0, 1]);
		expect(await of([1])).toEqual([0, 0, 0, 1]);
		expect(await of([2])).toEqual([0, 1, 0, 1]);
		expect(await of([2, 1, 2])).toEqual([0, 1, 0, 1]);
	});

	it("do not count for the stretch, whoever says which they are", async () => {
		const { stretch } = await decode(scene(Uint16Array, 1, 0), { nodata: 0, stretch: { low: 0, high: 100 } });
		expect(stretch?.black).toBe(20 + 4 * 7);
	});

	it("are told by the stored samples of a picture whose white is 0", async () => {
		const whiteIsZero = { tag: 262, type: SHORT, values: [0] };
		const { valid } = await decode(scene(Uint8Array, 1, 0, [gdal("0"), whiteIsZero]));
		expect([...(valid as Uint8Array)]).toEqual(expectedValid(1));
	});

	it("leave a picture with alpha as it is", async () => {
		const data = Uint8Array.of(0, 0, 0, 255, 200, 100, 50, 0, 200, 100, 50, 255);
		const page = { width: 3, height: 1, channels: 4, data, extraSamples: 2 };
		const plain = await decode(encodeTiff([page]));
		const { valid, image } = await decode(encodeTiff([{ ...page, tags: [gdal("0")] }]));
		expect([...(valid as Uint8Array)]).toEqual([0, 1, 1]);
		expect(image.data.subarray(3)).toEqual(plain.image.data.subarray(3));
	});

	it("are told by the colours of one whose samples are none", async () => {
		const red = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 220, g: 30, b: 30 } } });
		const bytes = await red.toColourspace("cmyk").tiff({ compression: "lzw" }).toBuffer();
		const { image } = await decode(bytes, { nodata: 0 });
		const [r] = pixelAt(image, 4, 4);
		await expectError(decode(bytes, { nodata: r, bands: [1] }), "IMAGE_UNSUPPORTED");
		const webP = await sharp(drawPixels(16, 16, 3, (x) => (x < 8 ? 0 : 250)).data, {
			raw: { width: 16, height: 16, channels: 3 },
		})
			.tiff({ compression: "webp", quality: 100 })
			.toBuffer();
		expect((await decode(webP, { nodata: 0 })).valid?.[0]).toBe(0);
	});

	it("are not all", async () => {
		const data = new Uint8Array(12).fill(7);
		const empty = encodeTiff([{ width: 4, height: 3, channels: 1, data, tags: [gdal("7")] }]);
		const error = await expectError(decode(empty), "IMAGE_UNSUPPORTED");
		expect(error.message).toContain("scene.tif: no pixel has data");
		expect(error.message).toContain("Let nodata name another value, or be none.");
		const nothing = encodeTiff([{ width: 2, height: 1, channels: 1, data: new Float32Array(2).fill(Number.NaN) }]);
		await expectError(decode(nothing), "IMAGE_UNSUPPORTED");
		expect((await decode(empty, { nodata: "none" })).image.data[0]).toBe(7);
	});
});

describe("pixels without data of other pictures", () => {
	it("are told by red, green and blue", async () => {
		const pixels = drawPixels(6, 5, 3, (x, y) => (x < 2 ? 0 : 40 + x * 20 + y));
		for (const bytes of [
			await encoderFor(pixels).png().toBuffer(),
			await encoderFor(pixels).webp({ lossless: true }).toBuffer(),
		]) {
			const { valid, image } = await decode(bytes, { nodata: 0 });
			expect([...(valid as Uint8Array)]).toEqual(Array.from({ length: 30 }, (_, at) => Number(at % 6 >= 2)));
			expect(pixelAt(image, 0, 0)).toEqual(pixelAt(image, 1, 4));
			expect(await decode(bytes)).not.toHaveProperty("valid");
		}
	});

	it("are told by samples of 16 bits, beside alpha too", async () => {
		for (const channels of [3, 4] as const) {
			const pixels = drawPixels(6, 5, channels, (x, _, c) => (c === 3 ? 65535 : x < 2 ? 300 : 5000 + x), 16);
			const { valid } = await decode(await encoderFor(pixels).png().toBuffer(), { nodata: 300 });
			expect([...(valid as Uint8Array)]).toEqual(Array.from({ length: 30 }, (_, at) => Number(at % 6 >= 2)));
		}
	});
});

describe("pixels without data of pixels that are given", () => {
	const use = useSegmenter();
	const [width, height] = [60, 40];

	it.each([1, 3, 4])("are those of the value, of %i channels", async (channels) => {
		const data = Uint8Array.from({ length: width * height * channels }, (_, at) => {
			const x = Math.floor(at / channels) % width;
			return channels === 4 && at % 4 === 3 ? 255 : x < 25 ? 7 : 40 + 3 * x;
		});
		const options = { inputSize: 112, clusters: 2, nodata: 7 } as const;
		const { labels, input, image, segments } = await use((segmenter) =>
			segmenter.segment({ data, width, height }, options),
		);
		expect(input.noData).toEqual({ id: 2, pixels: 25 * height });
		expect(labels).toMatchObject({ count: 3, background: 2 });
		expect(labels.data.every((id, at) => (id === 2) === at % width < 25)).toBe(true);
		expect(segments.map(({ id }) => id)).toEqual([0, 1]);
		expect(image.data[0]).toBeGreaterThan(100);
		const all = await use((segmenter) => segmenter.segment({ data, width, height }, { ...options, nodata: "auto" }));
		expect(all.input).not.toHaveProperty("noData");
		expect(all.labels).not.toHaveProperty("background");
	});

	it("are not all", async () => {
		const data = new Uint8Array(width * height).fill(7);
		const work = use((segmenter) => segmenter.segment({ data, width, height }, { nodata: 7 }));
		await expectError(work, "IMAGE_UNSUPPORTED");
	});
});
