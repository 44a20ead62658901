import { describe, expect, it } from "vitest";
import { DRAWN_PICTURES, drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { colorGradient, halveImage, labOf, type RgbImage } from "../image/index.ts";
import { cutIntoRegions } from "./cut-tree.ts";
import { cutPicture } from "./picture-superpixels.ts";
import { describeSuperpixels } from "./region-features.ts";
import { buildRegionTree } from "./region-tree.ts";
import { cutSuperpixels } from "./superpixels.ts";

/** Discs on a ground, drawn with edges that are blended over one pixel, and fine noise. */
function drawDiscs(width: number, height: number): { image: RgbImage; distanceToEdge(x: number, y: number): number } {
	const discs = [
		{ x: 0.3, y: 0.4, radius: 0.2, color: [200, 60, 50] },
		{ x: 0.7, y: 0.55, radius: 0.28, color: [60, 90, 180] },
		{ x: 0.48, y: 0.85, radius: 0.1, color: [230, 220, 120] },
	].map((disc) => ({ ...disc, x: disc.x * width, y: disc.y * height, radius: disc.radius * height }));
	const data = new Uint8Array(width * height * 3);
	let state = 1;
	for (let pixel = 0; pixel < width * height; pixel++) {
		const [x, y] = [pixel % width, Math.floor(pixel / width)];
		for (let channel = 0; channel < 3; channel++) {
			let value = 110;
			for (const disc of discs) {
				const inside = Math.min(1, Math.max(0, disc.radius - Math.hypot(x - disc.x, y - disc.y) + 0.5));
				value += inside * (disc.color[channel] - value);
			}
			state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
			data[3 * pixel + channel] = value + (state >>> 29);
		}
	}
	return {
		image: { data, width, height },
		distanceToEdge: (x, y) =>
			Math.min(...discs.map((disc) => Math.abs(Math.hypot(x - disc.x, y - disc.y) - disc.radius))),
	};
}

/** Repeat a picture to the right and below. */
function tile({ data, width, height }: RgbImage, across: number, down: number): RgbImage {
	const large = new Uint8Array(data.length * across * down);
	for (let row = 0; row < height * down; row++) {
		const line = data.subarray(3 * (row % height) * width, 3 * ((row % height) + 1) * width);
		for (let copy = 0; copy < across; copy++) {
			large.set(line, 3 * (row * across + copy) * width);
		}
	}
	return { data: large, width: width * across, height: height * down };
}

function expectConsistent(picture: RgbImage): void {
	const { superpixels, working, colors, areas } = cutPicture(kernels, picture);
	const { data, width, height, count } = superpixels;
	expect([width, height]).toEqual([picture.width, picture.height]);
	const parts = kernels.connectedRegions(data, width, height);
	expect(parts.count).toBe(count);
	expect(Uint16Array.from(parts.data)).toEqual(data);
	const counted = new Float64Array(count);
	for (const superpixel of data) {
		counted[superpixel]++;
	}
	expect(areas).toEqual(counted);
	expect([working.width, working.height, working.count]).toEqual([colors.width, colors.height, count]);
	expect(new Set(working.data).size).toBe(count);
}

describe("cutPicture", () => {
	it.each(Object.keys(DRAWN_PICTURES))("is what superpixels are for a small picture of %s", (name) => {
		const picture = drawnPicture(name);
		const { superpixels, working } = cutPicture(kernels, picture);
		expect(superpixels).toEqual(cutSuperpixels(kernels, labOf(picture)));
		expect(working).toBe(superpixels);
	});

	it.each(Object.keys(DRAWN_PICTURES))(
		"keeps every superpixel in one piece at the size of a large picture of %s",
		(name) => {
			const picture = drawnPicture(name);
			const times = Math.ceil(Math.sqrt(700_001 / (picture.width * picture.height)));
			expectConsistent(tile(picture, times, times));
		},
	);

	it.each([
		[20_000, 21],
		[21, 20_000],
		[1, 400_001],
		[801, 999],
	])("takes a picture of %d x %d", (width, height) => {
		const { image } = drawDiscs(width, height);
		expectConsistent(image);
	});

	it("gives working superpixels the numbers of the large ones", () => {
		const { image } = drawDiscs(1100, 900);
		const { superpixels, working } = cutPicture(kernels, image);
		let same = 0;
		for (const [pixel, superpixel] of working.data.entries()) {
			const [x, y] = [pixel % working.width, Math.floor(pixel / working.width)];
			same += superpixels.data[2 * y * image.width + 2 * x] === superpixel ? 1 : 0;
		}
		expect(same / working.data.length).toBeGreaterThan(0.9);
	});

	it("has its borders at the edges of the picture, not at those of the working size", () => {
		const { image, distanceToEdge } = drawDiscs(1600, 1200);
		const { superpixels, working, colors, areas } = cutPicture(kernels, image);
		expect(working.width).toBe(400);
		const tokens = { data: new Float32Array(4), rows: 4, cols: 1 };
		const grid = { rows: 2, cols: 2, patchSize: 14, stride: 14, inputWidth: 28, inputHeight: 28 };
		const features = describeSuperpixels(kernels, working, colors, tokens, grid);
		const tree = buildRegionTree(kernels, working, { features, gradient: colorGradient(colors), areas });
		const table = cutIntoRegions(tree, 4);
		let borders = 0;
		let near = 0;
		for (let pixel = 0; pixel < superpixels.data.length - image.width; pixel++) {
			const own = table[superpixels.data[pixel]];
			const isBorder =
				table[superpixels.data[pixel + image.width]] !== own ||
				((pixel + 1) % image.width !== 0 && table[superpixels.data[pixel + 1]] !== own);
			if (isBorder) {
				borders++;
				near += distanceToEdge(pixel % image.width, Math.floor(pixel / image.width)) <= 2 ? 1 : 0;
			}
		}
		expect(borders).toBeGreaterThan(2000);
		expect(near / borders).toBeGreaterThan(0.95);
	});

	it("halves until 0.4 megapixels", () => {
		const { image } = drawDiscs(1300, 1300);
		const { colors } = cutPicture(kernels, image);
		expect(colors).toEqual(labOf(halveImage(halveImage(image))));
	});
});
