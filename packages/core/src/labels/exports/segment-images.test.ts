import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../../fixtures/errors.ts";
import { HOSTILE_TEXTS, imageOfNames } from "../../../../../fixtures/hostile-names.ts";
import { writeDataSet } from "../../../../../fixtures/join-pieces.ts";
import { kernels } from "../../../../../fixtures/kernels.ts";
import { exportImageOf, LABEL_MAP_COUNT, makeLabelMap } from "../../../../../fixtures/label-maps.ts";
import { segmentColor } from "../palette.ts";
import { createCutoutsWriter, createSegmentMasksWriter, encodeSegmentsCutout } from "./segment-images.ts";

const masksOf = (files: ReadonlyMap<string, Uint8Array>) =>
	[...files].map(([file, bytes]) => ({ file, ...decode(bytes) }));

describe("createSegmentMasksWriter", () => {
	it("writes every segment of every kind of map, each pixel in one mask", () => {
		for (let index = 0; index < LABEL_MAP_COUNT; index++) {
			const image = exportImageOf(makeLabelMap(index), "sub/a.b.jpg");
			const { data, width, height } = image.labels;
			const masks = masksOf(writeDataSet(createSegmentMasksWriter({ kernels }), [image]));
			expect(masks.map(({ file }) => file)).toEqual(image.segments.map(({ id }) => `sub/a.b/${id}.png`));
			for (const [place, mask] of masks.entries()) {
				const { id } = image.segments[place];
				expect(mask).toMatchObject({ width, height, channels: 1, depth: 8 });
				expect(mask.data).toEqual(Uint8Array.from(data, (label) => (label === id ? 255 : 0)));
			}
		}
	});

	it("has room for gaps and for more than 256 segments", () => {
		const data = Uint16Array.from({ length: 300 }, (_, at) => at * 7);
		const image = exportImageOf({ data, width: 300, height: 1, count: 2100 });
		const masks = masksOf(writeDataSet(createSegmentMasksWriter({ kernels }), [image]));
		expect(masks).toHaveLength(300);
		expect(masks[299].file).toBe("photo/2093.png");
		expect(masks[299].data.indexOf(255)).toBe(299);
	});

	it("gives hostile names to no file system, and each segment a file of its own", () => {
		const names = [
			...HOSTILE_TEXTS.slice(0, 12),
			"..",
			"...hidden",
			"../../up",
			"漢".repeat(200),
			"nul\0",
			"half \ud800",
		];
		const image = imageOfNames(names);
		const segments = image.segments.map((segment) => ({ ...segment, color: segmentColor(segment.id) }));
		const files = [...writeDataSet(createSegmentMasksWriter({ kernels }), [{ ...image, segments }]).keys()];
		expect(new Set(files).size).toBe(names.length);
		for (const file of files) {
			expect(file).toMatch(/^photo\/\d+(-[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}._-]*)?\.png$/u);
			expect(Buffer.byteLength(file)).toBeLessThan(256);
		}
		expect(files.slice(0, 4)).toEqual([
			"photo/0-__proto__.png",
			"photo/1-constructor.png",
			"photo/2-quote-and-apostrophe.png",
			"photo/3-tag-attribute-x-amp.png",
		]);
	});

	it("writes picked segments only, a name in the images that have it", () => {
		const images = [imageOfNames(["sky", "sea", "sand"], "a.jpg"), imageOfNames(["rock", "7"], "b.jpg")];
		const pickFrom = (...pick: string[]) => [
			...writeDataSet(createSegmentMasksWriter({ kernels, pick }), images).keys(),
		];
		expect(pickFrom("sea", "0")).toEqual(["a/0-sky.png", "a/1-sea.png", "b/0-rock.png"]);
		expect(pickFrom("rock")).toEqual(["b/0-rock.png"]);
		expect(errorOf(() => pickFrom("7"))).toMatchObject({ code: "OPTION_INVALID" });
		expect(errorOf(() => pickFrom("sea", "Sea")).message).toContain(
			'"Sea"; there are 0 "sky", 0 "rock", 1 "sea", 1 "7", 2 "sand".',
		);
	});

	it("refuses two photographs that share a folder", () => {
		const images = [imageOfNames(["sky"], "a.jpg"), imageOfNames(["sky"], "a.png")];
		expect(errorOf(() => writeDataSet(createSegmentMasksWriter({ kernels }), images))).toMatchObject({
			code: "INPUT_CONFLICT",
		});
	});
});

describe("createCutoutsWriter", () => {
	const image = exportImageOf({ data: Uint8Array.of(0, 0, 1, 0, 1, 1), width: 3, height: 2, count: 2 });
	const photograph = { data: Uint8Array.from({ length: 18 }, (_, at) => at + 1), width: 3, height: 2 };

	it("crops to the box of the segment, or keeps the size", () => {
		const write = (fullSize: boolean) =>
			masksOf(writeDataSet(createCutoutsWriter({ kernels, fullSize }), [{ ...image, photograph }]));
		const [first, second] = write(false);
		expect(first).toMatchObject({ file: "photo/0.png", width: 2, height: 2, channels: 4 });
		expect([...first.data]).toEqual([1, 2, 3, 255, 4, 5, 6, 255, 10, 11, 12, 255, 0, 0, 0, 0]);
		expect([...second.data]).toEqual([0, 0, 0, 0, 7, 8, 9, 255, 13, 14, 15, 255, 16, 17, 18, 255]);
		const [whole] = write(true);
		expect(whole).toMatchObject({ width: 3, height: 2 });
		expect([...whole.data].filter((_, at) => at % 4 === 3)).toEqual([255, 255, 0, 255, 0, 0]);
	});

	it("needs the photograph, of the same size", () => {
		const write = (picture: typeof photograph | undefined) => () =>
			writeDataSet(createCutoutsWriter({ kernels }), [{ ...image, photograph: picture }]);
		expect(errorOf(write(undefined))).toMatchObject({ code: "OPTION_INVALID" });
		expect(errorOf(write({ ...photograph, width: 2, height: 3 }))).toMatchObject({ code: "SHAPE_MISMATCH" });
	});
});

describe("encodeSegmentsCutout", () => {
	const data = Uint8Array.from([1, 1, 0, 0, 1, 2, 0, 3, 1, 2, 2, 2]);
	const colors = Uint8Array.from({ length: 36 }, (_, at) => at);
	const photograph = { data: colors, width: 4, height: 3 };
	const image = { ...exportImageOf({ data, width: 4, height: 3, count: 4 }), photograph };
	const cut = (pick?: string[]) => decode(encodeSegmentsCutout(image, { kernels, pick }));
	const pixel = (at: number) => [at * 3, at * 3 + 1, at * 3 + 2, 255];
	const none = [0, 0, 0, 0];

	it("takes the largest segment, of equal ones that with the lowest id", () => {
		expect(cut()).toMatchObject({ width: 2, height: 3, channels: 4, depth: 8 });
		expect([...cut().data]).toEqual([pixel(0), pixel(1), pixel(4), none, pixel(8), none].flat());
	});

	it("joins what is picked by id or name in the box around it", () => {
		expect(cut(["0", "segment-3"])).toMatchObject({ width: 2, height: 2 });
		expect([...cut(["0", "segment-3"]).data]).toEqual([pixel(2), pixel(3), pixel(6), pixel(7)].flat());
		expect(cut(["3", "1"])).toMatchObject({ width: 4, height: 3 });
	});

	it("refuses what no segment is called, and an image without its photograph", () => {
		expect(errorOf(() => cut(["9"]))).toMatchObject({ code: "OPTION_INVALID" });
		const { photograph: _, ...bare } = image;
		expect(errorOf(() => encodeSegmentsCutout(bare, { kernels }))).toMatchObject({ code: "OPTION_INVALID" });
	});
});
