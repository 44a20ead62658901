import { readFile, writeFile } from "node:fs/promises";
import { decodeLabelPng, parseSegments } from "@dinoseg/core/labels";
import { fromArrayBuffer } from "geotiff";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { ASCII, encodeTiff, SHORT, type TiffTag } from "../../../fixtures/tiff.ts";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

const SIDES = { width: 120, height: 90 };
const FAST = ["--input-size", "112", "--quiet"];
const TAG: TiffTag = { tag: 42113, type: ASCII, values: [...Buffer.from("0\0")] };
const CLOCKWISE: TiffTag = { tag: 274, type: SHORT, values: [6] };

/** The slanted edges of a satellite picture: 0 outside. */
const isAbsent = (x: number, y: number) => x + y / 2 < 40 || x - y / 3 > 100;
const ABSENT = Array.from({ length: SIDES.width * SIDES.height }, (_, at) =>
	isAbsent(at % SIDES.width, Math.floor(at / SIDES.width)),
);
const ABSENT_COUNT = ABSENT.filter(Boolean).length;

async function scene(...tags: readonly TiffTag[]): Promise<Uint8Array> {
	const photograph = await sharp(examplePath("coffee.jpg"))
		.resize(SIDES.width, SIDES.height, { fit: "fill" })
		.raw()
		.toBuffer();
	const data = Uint8Array.from(photograph, (value, at) => (ABSENT[Math.floor(at / 3)] ? 0 : Math.max(1, value)));
	return encodeTiff([{ ...SIDES, channels: 3, data, tags }]);
}

async function segment(sandbox: Sandbox, output: string, ...flags: string[]) {
	const run = await sandbox.dinoseg("segment", "scene.tif", "-o", output, ...FAST, ...flags);
	expect(run.code, run.stderr).toBe(0);
	const read = (name: string) => readFile(sandbox.path(output, "scene", name));
	return {
		read,
		labels: decodeLabelPng(await read("labels.png")),
		document: parseSegments((await read("segments.json")).toString()),
	};
}

const greyOf = (png: Uint8Array) => sharp(png).toColourspace("b-w").raw().toBuffer();

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("dinoseg segment of a picture with pixels without data", () => {
	it.each([
		["clusters", "4"],
		["clusters", "auto"],
		["regions", "5"],
		["regions", "auto"],
	])("leaves them out of %s, -k %s, as GDAL's tag says", async (kind, clusters) => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("scene.tif"), await scene(TAG));
		const flags = ["--segments", kind, "-k", clusters, "--sweep", "2..3"];
		const { labels, document, read } = await segment(sandbox, "out", ...flags);
		const { noData } = document.input;
		expect(noData?.pixels).toBe(ABSENT_COUNT);
		expect(Array.from(labels.data, (id) => id === noData?.id)).toEqual(ABSENT);
		const ids = document.segments.map(({ id }) => id);
		expect(ids).toEqual(ids.map((_, index) => index));
		expect(noData?.id).toBe(ids.length);
		expect(document.k.used).toBe(clusters === "auto" ? ids.length : Number(clusters));
		expect(sum(document.segments.map(({ pixels }) => pixels)) + ABSENT_COUNT).toBe(ABSENT.length);
		expect(sum(document.segments.map(({ share }) => share))).toBeCloseTo(1);
		const confidence = await greyOf(await read("confidence.png"));
		expect(Array.from(confidence).every((value, at) => !ABSENT[at] || value === 0)).toBe(true);
		// Both corners have the mean colour of all data, which no segment tints.
		const overlay = await sharp(await read("overlay.png"))
			.raw()
			.toBuffer();
		const corners = [0, SIDES.width - 1].map((x) => [...overlay.subarray(x * 3, x * 3 + 3)]);
		expect(corners[0]).toEqual(corners[1]);
		if (kind === "regions") {
			const borders = await greyOf(await read("borders.png"));
			expect(Array.from(borders).every((value, at) => !ABSENT[at] || value === 0)).toBe(true);
		}
	});

	it("leaves out what --nodata says, and tells results of others apart", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("scene.tif"), await scene());
		const whole = await segment(sandbox, "whole", "-k", "3");
		expect(whole.document.input).not.toHaveProperty("noData");
		expect(whole.document.options["nodata"]).toBe("auto");
		const { labels, document } = await segment(sandbox, "out", "-k", "3", "--nodata", "0");
		expect(document.options["nodata"]).toBe(0);
		expect(Array.from(labels.data, (id) => id === document.input.noData?.id)).toEqual(ABSENT);

		const again = ["segment", "scene.tif", "-o", "out", "-k", "3", "--input-size", "112"];
		expect((await sandbox.dinoseg(...again, "--nodata", "0")).stderr).toContain("done already");
		const other = await sandbox.dinoseg(...again, "--nodata", "-9999");
		expect(other).toMatchObject({ code: 1 });
		expect(other.stderr).toContain("--nodata 0 there, -9999 now");
	});

	it("segments all of them with --nodata none, byte for byte as a picture without the tag", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("scene.tif"), await scene());
		const plain = await segment(sandbox, "plain", "-k", "3");
		await writeFile(sandbox.path("scene.tif"), await scene(TAG));
		const none = await segment(sandbox, "none", "-k", "3", "--nodata", "none");
		expect(none.document.input).not.toHaveProperty("noData");
		for (const name of ["labels.png", "overlay.png", "figure.png", "confidence.png"]) {
			expect((await none.read(name)).equals(await plain.read(name)), name).toBe(true);
		}
	});

	it("turns them with the picture, and exports them as no segment", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("scene.tif"), await scene(TAG, CLOCKWISE));
		const { labels, document } = await segment(sandbox, "out", "-k", "4");
		const { width, height } = SIDES;
		expect([labels.width, labels.height]).toEqual([height, width]);
		const background = document.input.noData?.id;
		expect(
			labels.data.every((id, at) => {
				const [x, y] = [at % height, Math.floor(at / height)];
				return (id === background) === ABSENT[(height - 1 - x) * width + y];
			}),
		).toBe(true);

		expect(await sandbox.dinoseg("export", "out", "--format", "tiff")).toMatchObject({ code: 0 });
		const bytes = await readFile(sandbox.path("out/scene/labels.tif"));
		const image = await (await fromArrayBuffer(new Uint8Array(bytes).buffer)).getImage();
		const [values] = (await image.readRasters()) as unknown as [Uint32Array];
		expect(values).toEqual(Uint32Array.from(labels.data, (id) => (id === background ? 0 : id + 1)));

		const ids = document.segments.map(({ id }) => id);
		expect(await sandbox.dinoseg("export", "out", "--format", "coco", "-o", "coco.json")).toMatchObject({ code: 0 });
		const { annotations } = JSON.parse(await readFile(sandbox.path("coco.json"), "utf8"));
		expect(annotations.map(({ category_id }: { category_id: number }) => category_id - 1)).toEqual(ids);
		const cutouts = ["export", "out", "--format", "cutouts", "--images", ".", "-o", "cut"];
		expect(await sandbox.dinoseg(...cutouts)).toMatchObject({ code: 0 });
		const largest = await sharp(sandbox.path("cut/scene/0.png")).ensureAlpha().raw().toBuffer();
		expect(Array.from(largest).filter((alpha, at) => at % 4 === 3 && alpha === 255)).toHaveLength(
			document.segments[0].pixels,
		);
	});

	it("says what is wrong where no pixel has data, or the value is none", async () => {
		await using sandbox = await createSandbox();
		const data = new Uint8Array(30 * 20).fill(9);
		await writeFile(sandbox.path("scene.tif"), encodeTiff([{ width: 30, height: 20, channels: 1, data }]));
		const empty = await sandbox.dinoseg("segment", "scene.tif", "--nodata", "9");
		expect(empty).toMatchObject({ code: 1 });
		expect(empty.stderr).toMatch(/scene\.tif: no pixel has data.*Let --nodata name another value, or be none\./);
		const wrong = await sandbox.dinoseg("segment", "scene.tif", "--nodata", "black");
		expect(wrong).toMatchObject({ code: 2 });
		expect(wrong.stderr).toContain("--nodata must be auto, a sample value (-9999) or none");
	});
});
