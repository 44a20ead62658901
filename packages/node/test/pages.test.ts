import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodeTiff, LONG, SHORT, type TiffPage } from "../../../fixtures/tiff.ts";
import { decodeImage } from "../dist/image/decode.js";
import { whitenUncovered } from "../dist/image/gif-frame.js";
import { canHavePages, countPages } from "../dist/image/pages.js";
import { tiffPages } from "../dist/image/tiff-pages.js";
import { createStackReader } from "../dist/segmenter/stack-reader.js";
import { expectError } from "./support/expect-error.ts";
import { pixelAt } from "./support/make-image.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { withSegmenter } from "./support/with-segmenter.ts";

const folder = useTemporaryFolder();
const decode = (bytes: Uint8Array, page?: number) =>
	decodeImage(bytes, { name: "stack.tif", maxPixels: 1e6, ...(page === undefined ? {} : { page }) });

/** Pages of all kinds of samples, each of its own size: those that the library reads, and those that we read. */
const KINDS: readonly TiffPage[] = [
	{ width: 5, height: 4, channels: 1, data: Uint8Array.from({ length: 20 }, (_, at) => at * 9) },
	{ width: 6, height: 3, channels: 3, data: Uint8Array.from({ length: 54 }, (_, at) => 250 - at * 3) },
	{ width: 7, height: 2, channels: 1, data: Uint16Array.from({ length: 14 }, (_, at) => 300 + at * 200) },
	{ width: 3, height: 9, channels: 1, data: Float32Array.from({ length: 27 }, (_, at) => at / 27) },
	{ width: 4, height: 4, channels: 3, data: Uint16Array.from({ length: 48 }, (_, at) => at * 1000) },
];
const GREY: TiffPage = { width: 2, height: 2, channels: 1, data: new Uint8Array(4).fill(90) };
const subfile = (tag: 254 | 255, value: number): TiffPage => ({
	...GREY,
	data: new Uint8Array(4),
	tags: [{ tag, type: tag === 254 ? LONG : SHORT, values: [value] }],
});

describe("pages of a TIFF", () => {
	it.each([
		["TIFF", {}],
		["BigTIFF", { big: true }],
	])("are what each would be as a %s of its own", async (_, options) => {
		const stack = encodeTiff(KINDS, options);
		expect(await countPages(stack)).toBe(KINDS.length);
		for (const [index, page] of KINDS.entries()) {
			const { page: number, warnings, ...rest } = await decode(stack, index + 1);
			const { warnings: ownWarnings, ...alone } = await decode(encodeTiff([page], options));
			expect(rest).toEqual(alone);
			expect({ number, warnings }).toEqual({ number: index + 1, warnings: ownWarnings });
			expect(rest.image).toMatchObject({ width: page.width, height: page.height });
		}
	});

	it("take the first with a warning unless one is asked for", async () => {
		const stack = encodeTiff(KINDS);
		const { warnings, ...first } = await decode(stack);
		expect(warnings).toMatchObject([{ code: "ANIMATION_FIRST_FRAME" }]);
		const { warnings: none, ...one } = await decode(stack, 1);
		expect(none).toEqual([]);
		expect(first).toEqual(one);
		expect(await decode(encodeTiff([GREY]), 1)).toEqual(await decode(encodeTiff([GREY])));
	});

	it("leave smaller copies and masks out", async () => {
		const stack = encodeTiff([
			subfile(254, 1),
			GREY,
			subfile(255, 2),
			subfile(254, 4),
			subfile(254, 2),
			subfile(255, 3),
		]);
		expect(tiffPages(stack).map(({ index }) => index)).toEqual([1, 4, 5]);
		expect(pixelAt((await decode(stack)).image, 1, 1)).toEqual([90, 90, 90]);
		expect(pixelAt((await decode(stack, 2)).image, 1, 1)).toEqual([0, 0, 0]);
		expect(await countPages(encodeTiff([GREY, subfile(254, 1)]))).toBe(1);
		expect((await decode(encodeTiff([GREY, subfile(254, 1)]))).warnings).toEqual([]);
		expect(tiffPages(encodeTiff([subfile(254, 1)]))).toMatchObject([{ index: 0 }]);
	});

	it("say how many there are to who asks for more", async () => {
		const error = await expectError(decode(encodeTiff(KINDS), 6), "PAGE_NOT_FOUND");
		expect(error.message).toContain("stack.tif: has 5 pages, so there is no page 6.");
		expect(error.details).toEqual({ page: 6, pages: 5 });
		const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } })
			.png()
			.toBuffer();
		expect((await expectError(decode(png, 2), "PAGE_NOT_FOUND")).message).toContain("has 1 page,");
		expect((await decode(png, 1)).page).toBeUndefined();
	});

	it("end where the chain runs in a circle or out of the file", async () => {
		const stack = encodeTiff([GREY, GREY, GREY]);
		const view = new DataView(stack.buffer, stack.byteOffset);
		const [first, , third] = tiffPages(stack).map(({ directory }) => directory);
		const lastPointer = third + 2 + view.getUint16(third, true) * 12;
		expect(view.getUint32(lastPointer, true)).toBe(0);
		for (const target of [first, third, stack.length - 1, 2 ** 32 - 1]) {
			view.setUint32(lastPointer, target, true);
			expect(tiffPages(stack)).toHaveLength(3);
			if (target < stack.length - 1) {
				expect(pixelAt((await decode(stack, 2)).image, 0, 0)).toEqual([90, 90, 90]);
			} else {
				await expectError(decode(stack, 2), "IMAGE_CORRUPT");
			}
		}
		view.setUint32(lastPointer, 0, true);
		expect(tiffPages(stack.subarray(0, lastPointer))).toHaveLength(3);
	});

	it("are not counted in what is damaged, or no image", async () => {
		expect(await countPages(Buffer.from("no image"))).toBeUndefined();
		expect(await countPages(Buffer.from("GIF89a"))).toBeUndefined();
		expect(await countPages(Buffer.from("II*\0"))).toBeUndefined();
	});

	it("are bounded in a file that claims very many", () => {
		// Directories of no tags, each behind the other.
		const count = 2 ** 16 + 5000;
		const file = Buffer.alloc(8 + count * 6);
		file.write("II*\0", "latin1");
		file.writeUInt32LE(8, 4);
		for (let index = 0; index < count - 1; index++) {
			file.writeUInt32LE(8 + (index + 1) * 6, 8 + index * 6 + 2);
		}
		expect(tiffPages(file)).toHaveLength(2 ** 16);
		// Directories of 4096 tags that lie one in the other.
		const nested = Buffer.alloc(100_000, 0x10);
		nested.write("II*\0", "latin1");
		nested.writeUInt32LE(8, 4);
		const start = performance.now();
		expect(tiffPages(nested).length).toBeGreaterThan(0);
		expect(performance.now() - start).toBeLessThan(5000);
	});
});

describe("frames", () => {
	const colors = ["#ff0000", "#00ff00", "#0000ff"];
	const frames = () =>
		Promise.all(
			colors.map((background) =>
				sharp({ create: { width: 8, height: 6, channels: 3, background } })
					.png()
					.toBuffer(),
			),
		);

	it.each(["gif", "webp"] as const)("of a %s are pictures each", async (format) => {
		const animation = sharp(await frames(), { join: { animated: true } });
		const bytes = await (format === "gif" ? animation.gif() : animation.webp({ lossless: true })).toBuffer();
		expect(await countPages(bytes)).toBe(3);
		expect(canHavePages(bytes.subarray(0, 4096))).toBe(true);
		for (const [index, color] of colors.entries()) {
			const { image, page, warnings } = await decode(bytes, index + 1);
			expect({ width: image.width, height: image.height, page }).toEqual({ width: 8, height: 6, page: index + 1 });
			expect(pixelAt(image, 7, 5)).toEqual([1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)));
			expect(warnings).toEqual([]);
		}
		expect((await expectError(decode(bytes, 4), "PAGE_NOT_FOUND")).message).toContain("has 3 pages");
	});

	it("of a GIF are shown over those before, and white where none is", async () => {
		const [left, right] = [
			{ left: 0, width: 2, color: 1 },
			{ left: 2, width: 1, color: 2 },
		];
		const [red, green, white] = [
			[255, 0, 0],
			[0, 255, 0],
			[255, 255, 255],
		];
		for (const [disposal, shown] of [
			[0, [red, red, green, white]],
			[1, [red, red, green, white]],
			[2, [white, white, green, white]],
			[3, [white, white, green, white]],
		] as const) {
			const bytes = gifOf([
				{ ...left, disposal },
				{ ...right, disposal: 0 },
			]);
			const { image } = await decode(bytes, 2);
			expect(
				[0, 1, 2, 3].map((x) => pixelAt(image, x, 1)),
				`disposal ${disposal}`,
			).toEqual(shown);
			expect([0, 1, 2, 3].map((x) => pixelAt(image, x, 0))).toEqual(shown);
			const { image: first } = await decode(bytes, 1);
			expect([0, 1, 2, 3].map((x) => pixelAt(first, x, 0))).toEqual([red, red, white, white]);
		}
	});

	it("that lie beyond the canvas or end too early do no harm", () => {
		const bytes = gifOf([{ left: 3, width: 900, color: 1, disposal: 2 }]);
		const data = new Uint8Array(4 * 2 * 3);
		whitenUncovered(data, 4, bytes, 0);
		expect(pixelAt({ data, width: 4 }, 3, 0)).toEqual([0, 0, 0]);
		expect(pixelAt({ data, width: 4 }, 2, 1)).toEqual([255, 255, 255]);
		for (let length = 13; length < bytes.length; length++) {
			whitenUncovered(data, 4, bytes.subarray(0, length), 3);
		}
	});
});

/** A GIF of 4 x 2 pixels, black, red and green, without transparency; frames are two rows high and of one colour. */
function gifOf(frames: readonly { left: number; width: number; color: number; disposal: number }[]): Uint8Array {
	const blocks = frames.flatMap(({ left, width, color, disposal }) => {
		// Codes of three bits: clear (4) before each pixel, so that no code becomes longer; the end is 5.
		const codes = [...Array.from({ length: Math.min(width, 4) * 2 }, () => [4, color]).flat(), 5];
		const packed = new Uint8Array(Math.ceil((codes.length * 3) / 8));
		for (const [place, code] of codes.entries()) {
			for (let bit = 0; bit < 3; bit++) {
				const at = place * 3 + bit;
				packed[at >> 3] |= ((code >> bit) & 1) << (at & 7);
			}
		}
		const control = [0x21, 0xf9, 4, disposal << 2, 10, 0, 0, 0];
		const size = [width & 255, width >> 8, 2, 0];
		return [...control, 0x2c, left, 0, 0, 0, ...size, 0, 2, packed.length, ...packed, 0];
	});
	const colors = [0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255];
	return Uint8Array.from([...Buffer.from("GIF89a"), 4, 0, 2, 0, 0x91, 0, 0, ...colors, ...blocks, 0x3b]);
}

describe("a stack reader", () => {
	it("reads a file once for all pages, and anew once it is another", async () => {
		const path = join(folder.path, "kept.tif");
		await writeFile(path, encodeTiff([GREY]));
		const reader = createStackReader();
		const file = await reader.read(path);
		expect(await reader.read(path)).toBe(file);
		const other = join(folder.path, "other.tif");
		await writeFile(other, encodeTiff([GREY, GREY]));
		await rename(other, path);
		const changed = await reader.read(path);
		expect(changed.bytes).toEqual(await readFile(path));
		reader.forget();
		expect(await reader.read(path)).not.toBe(changed);
	});

	it("keeps no failure", async () => {
		const path = join(folder.path, "late.tif");
		const reader = createStackReader();
		await expectError(reader.read(path), "INPUT_NOT_FOUND");
		await writeFile(path, "");
		await expectError(reader.read(path), "INPUT_EMPTY");
		await writeFile(path, encodeTiff([GREY]));
		expect((await reader.read(path)).bytes.length).toBeGreaterThan(0);
	});
});

describe("a segmenter", () => {
	const scene = (seed: number): TiffPage => ({
		width: 60,
		height: 40,
		channels: 3,
		data: Uint8Array.from({ length: 7200 }, (_, at) => (at * seed + (at % 180) * 5) % 256),
	});
	const small = { inputSize: 112, clusters: 2 } as const;

	it("segments a page, keeps its tokens as its own, and tells which it was", async () => {
		const stack = join(folder.path, "stack.tif");
		await writeFile(stack, encodeTiff([scene(3), scene(11)]));
		await withSegmenter({ cache: true }, async (segmenter) => {
			const grids = [];
			for (const page of [1, 2] as const) {
				const own = await segmenter.features(encodeTiff([scene(page === 1 ? 3 : 11)]), small);
				const grid = await segmenter.features(stack, { ...small, page });
				expect(grid.data).toEqual(own.data);
				expect((await segmenter.features(stack, { ...small, page })).data).toEqual(grid.data);
				grids.push(grid.data);
			}
			expect(grids[0]).not.toEqual(grids[1]);
			const { input, options } = await segmenter.segment(stack, { ...small, page: 2 });
			expect({ input, page: options.page }).toMatchObject({ input: { page: 2 }, page: 2 });
			expect((await segmenter.segment(stack, small)).input.page).toBe(1);
			await expectError(segmenter.segment(stack, { ...small, page: 3 }), "PAGE_NOT_FOUND");
			await expectError(segmenter.segment(stack, { ...small, page: 0 }), "OPTION_INVALID");
			const pixels = { data: new Uint8Array(12), width: 2, height: 2 };
			await expectError(segmenter.segment(pixels, { ...small, page: 2 }), "PAGE_NOT_FOUND");
		});
	});
});
