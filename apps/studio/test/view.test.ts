import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_PATH, hasChromium, openViewPage, type ViewPage } from "./view-page.ts";

/** A picture that is shown at scale 1, with a margin of 16 around it. */
const WIDTH = 40;
const HEIGHT = 30;
const MARGIN = 16;
const CANVAS = [WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN] as const;

const RED = [200, 20, 10];
const BLUE = [10, 40, 220];
const photograph = {
	width: WIDTH,
	height: HEIGHT,
	data: Array.from({ length: WIDTH * HEIGHT * 3 }, (_, index) => (index * 37) % 256),
};
/** Parts of columns: four, ten columns each. The segments change in the middle. */
const parts = Array.from({ length: WIDTH * HEIGHT }, (_, pixel) => Math.floor((pixel % WIDTH) / 10));
const table = [5, 5, 900, 900];
const segments = [
	{ id: 5, color: RED },
	{ id: 900, color: BLUE },
];
const filled = { fill: 1, outlines: 0 };
const begun = { photograph, parts, table, segments, style: filled };

function photographAt(x: number, y: number): number[] {
	return photograph.data.slice(3 * (y * WIDTH + x), 3 * (y * WIDTH + x) + 3);
}

/** The pixel of a canvas that shows a pixel of the picture. */
function at(frame: readonly number[], x: number, y: number): number[] {
	const index = 4 * ((y + MARGIN) * CANVAS[0] + x + MARGIN);
	return frame.slice(index, index + 4);
}

function opaque(color: readonly number[]): number[] {
	return [...color, 255];
}

/** Pixels of the picture that two frames show otherwise. */
function changed(before: readonly number[], after: readonly number[]): [number, number][] {
	return Array.from({ length: WIDTH * HEIGHT }, (_, pixel): [number, number] => [
		pixel % WIDTH,
		Math.floor(pixel / WIDTH),
	]).filter(([x, y]) => at(before, x, y).join() !== at(after, x, y).join());
}

function expectNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
	for (const [index, value] of expected.entries()) {
		expect(Math.abs(actual[index] - value), `${actual} is not ${expected}`).toBeLessThanOrEqual(tolerance);
	}
}

describe.skipIf(!hasChromium())(`the view in Chromium (skipped unless ${CHROMIUM_PATH} is there)`, () => {
	let page: ViewPage;
	beforeAll(async () => {
		page = await openViewPage();
	}, 120_000);
	afterAll(() => page?.[Symbol.asyncDispose]());

	const pixels = (...steps: readonly object[]) => page.call<number[][]>("pixels", ...CANVAS, steps);

	it("shows the photograph as it is, and nothing around it", async () => {
		const [frame] = await pixels({ ...begun, style: { fill: 0, outlines: 0 } });
		for (let y = 0; y < HEIGHT; y++) {
			for (let x = 0; x < WIDTH; x++) {
				expect(at(frame, x, y)).toEqual(opaque(photographAt(x, y)));
			}
		}
		expect(at(frame, -1, 5)).toEqual([0, 0, 0, 0]);
		expect(at(frame, 5, HEIGHT)).toEqual([0, 0, 0, 0]);
	});

	it("fills segments with their colours, as much as it is told", async () => {
		const [full, half] = await pixels(begun, { style: { fill: 0.5, outlines: 0 } });
		expect(at(full, 3, 3)).toEqual(opaque(RED));
		expect(at(full, 18, 29)).toEqual(opaque(RED));
		expect(at(full, 21, 0)).toEqual(opaque(BLUE));
		const mean = photographAt(30, 7).map((value, channel) => (value + BLUE[channel]) / 2);
		expectNear(at(half, 30, 7), opaque(mean), 1);
	});

	it("shows neither fill nor outlines of hidden segments and of the background", async () => {
		const style = { fill: 1, outlines: 1 };
		const hidden = segments.map((segment) => ({ ...segment, isHidden: true }));
		const [frame, behind] = await pixels({ ...begun, style, segments: hidden }, { segments, background: 5 });
		for (const x of [3, 19, 20, 39]) {
			expect(at(frame, x, 4)).toEqual(opaque(photographAt(x, 4)));
		}
		expect(at(behind, 3, 4)).toEqual(opaque(photographAt(3, 4)));
		expect(at(behind, 30, 4)).toEqual(opaque(BLUE));
	});

	it("shows the ground alone left of the wipe, and the photograph alone while it is asked for", async () => {
		const [wiped, original] = await pixels(
			{ ...begun, style: { ...filled, wipe: (MARGIN + 10) / CANVAS[0] } },
			{ style: { ...filled, ground: "none", showOriginal: true } },
		);
		expect(at(wiped, 9, 3)).toEqual(opaque(photographAt(9, 3)));
		expect(at(wiped, 10, 3)).toEqual(opaque(RED));
		expect(changed(original, (await pixels({ photograph }))[0])).toEqual([]);
	});

	it("draws a line where segments meet, not where parts do", async () => {
		const [plain, lined] = await pixels(begun, { style: { fill: 1, outlines: 1 } });
		const lines = changed(plain, lined);
		expect(new Set(lines.map(([x]) => x))).toEqual(new Set([19, 20]));
		expect(lines).toHaveLength(2 * HEIGHT);
		expectNear(at(lined, 19, 5), opaque(RED.map((value, channel) => (value + BLUE[channel]) / 4)), 1);
	});

	it("marks what is selected with a dark line in a light one, and makes lighter what is hovered", async () => {
		const [plain, selected, hovered] = await pixels(
			begun,
			{ segments: [segments[0], { ...segments[1], isSelected: true }] },
			{ segments: [segments[0], { ...segments[1], isHovered: true }] },
		);
		expectNear(at(selected, 19, 9), [20, 20, 20, 255], 1);
		expectNear(at(selected, 20, 9), [20, 20, 20, 255], 1);
		expect(at(selected, 18, 9)).toEqual([255, 255, 255, 255]);
		expect(at(selected, 21, 9)).toEqual([255, 255, 255, 255]);
		expect(at(selected, 24, 9)).toEqual(at(plain, 24, 9));
		expectNear(at(hovered, 30, 9), opaque(BLUE.map((value) => value + (255 - value) / 4)), 1);
		expect(at(hovered, 10, 9)).toEqual(at(plain, 10, 9));
	});

	it("colours parts anew when the table is another", async () => {
		const [before, after] = await pixels(begun, { table: [5, 900, 900, 5] });
		for (const [x] of changed(before, after)) {
			// Beside it, colours flow into each other.
			expect([9, 20, 29], `${x}`).toContain(Math.floor(x / 10) % 2 === 1 ? 9 : x);
		}
		expect(at(after, 15, 3)).toEqual(opaque(BLUE));
		expect(at(after, 35, 3)).toEqual(opaque(RED));
	});

	it("shows after many changes what it shows of their result at once", async () => {
		const style = { fill: 0.5, outlines: 1 };
		const patch = { rect: { x: 17, y: 3, width: 6, height: 20 }, data: new Array(120).fill(3) };
		const selected = [segments[0], { ...segments[1], isSelected: true }];
		const hovered = [{ ...segments[0], isHovered: true }, segments[1]];
		const swapped = [5, 900, 5, 900];
		const steps = [{ patch }, { segments: hovered }, { table: swapped }, { segments: selected }, { segments: hovered }];
		const after = (await pixels({ ...begun, style }, ...steps)).at(-1);
		expect(after).toEqual((await pixels({ ...begun, style, patch, table: swapped, segments: hovered }))[0]);
	});

	it("changes the pixels of a patch and no others", async () => {
		const rect = { x: 3, y: 4, width: 5, height: 6 };
		const patchOf = (part: number) => ({ patch: { rect, data: new Array(30).fill(part) } });
		const [, first, before, after] = await pixels(begun, patchOf(3), {}, patchOf(0));
		expect(before).toEqual(first);
		const inside = changed(before, after);
		expect(at(before, 5, 6)).toEqual(opaque(BLUE));
		expect(at(after, 5, 6)).toEqual(opaque(RED));
		for (const [x, y] of inside) {
			expect(x >= 2 && x <= 8 && y >= 3 && y <= 10, `${x}, ${y}`).toBe(true);
		}
		// The same picture, told at once.
		expect(after).toEqual((await pixels(begun))[0]);
	});

	it("shows layers: colours as they are, numbers by a colour map, borders as dark lines", async () => {
		const grey = { width: 2, height: 1, channels: 1, data: [0, 255], isSmooth: false };
		const style = { fill: 0, outlines: 0, layer: 1 };
		const [similarity, borders, colors, smooth, denoised] = await pixels(
			{ ...begun, style, layer: { ...grey, kind: "similarity" } },
			{ layer: { ...grey, kind: "borders" } },
			{ layer: { ...grey, kind: "components", channels: 3, data: [...RED, ...BLUE] } },
			{ layer: { ...grey, kind: "components", channels: 3, data: [...RED, ...BLUE], isSmooth: true } },
			{
				layer: {
					kind: "denoised",
					width: WIDTH,
					height: HEIGHT,
					channels: 3,
					data: photograph.data.map((v) => 255 - v),
				},
				style: { fill: 0, outlines: 0, ground: "denoised" },
			},
		);
		expect(at(similarity, 3, 3)).toEqual([0x44, 0x01, 0x54, 255]);
		expect(at(similarity, 33, 3)).toEqual([0xfd, 0xe7, 0x25, 255]);
		expect(at(borders, 3, 3)).toEqual(opaque(photographAt(3, 3)));
		expect(at(borders, 33, 3)).toEqual([20, 20, 20, 255]);
		expect(at(colors, 19, 3)).toEqual(opaque(RED));
		expect(at(colors, 20, 3)).toEqual(opaque(BLUE));
		expectNear(at(smooth, 20, 3), opaque(RED.map((value, channel) => (value + BLUE[channel]) / 2)), 5);
		expect(at(denoised, 7, 8)).toEqual(opaque(photographAt(7, 8).map((value) => 255 - value)));
	});

	it("averages the photograph where it is smaller, and shows its pixels where it is much larger", async () => {
		const chess = { ...photograph, data: photograph.data.map((_, index) => ((index / 3) & 1) * 255) };
		const middle = { x: 20, y: 15 };
		const [small, large] = await pixels(
			{ photograph: chess, camera: { ...middle, scale: 0.5 } },
			{ camera: { ...middle, scale: 6 } },
		);
		expect(at(small, 20, 15)).toEqual([128, 128, 128, 255]);
		const colors = new Set(Array.from({ length: WIDTH }, (_, x) => at(large, x, 15).join()));
		expect(colors).toEqual(new Set(["0,0,0,255", "255,255,255,255"]));
	});

	it("shows in tiles what it shows without", async () => {
		const [width, height] = [600, 500];
		const many = Array.from(
			{ length: width * height },
			(_, pixel) => (Math.floor(pixel / width / 7) * 13 + (pixel % 97)) % 300,
		);
		const first = {
			photograph: { width, height },
			parts: many,
			table: Array.from({ length: 300 }, (_, part) => part % 9),
			segments: Array.from({ length: 9 }, (_, id) => ({
				id,
				color: [id * 20, 255 - id * 9, id],
				isSelected: id === 4,
			})),
			layer: { kind: "confidence", width, height, channels: 1, data: many.map((part) => part & 255), isSmooth: true },
			style: { fill: 0.5, outlines: 0.7, layer: 0.3 },
		};
		const look = (scale: number) => ({ camera: { x: 259.3, y: 241.7, scale } });
		const found = await page.call<{ most: number; seen: number }[]>(
			"differences",
			400,
			300,
			[first, look(1), look(0.4), look(2.7), look(12)],
			256,
		);
		for (const [index, { most, seen }] of found.entries()) {
			// Two programs round otherwise.
			expect(most, `step ${index}`).toBeLessThanOrEqual(1);
			expect(seen).toBeGreaterThan(100_000);
		}
	});

	it("draws the circle of a brush and a lasso on any ground, and takes them away", async () => {
		const brush = { x: 20, y: 15, radius: 8 };
		const lasso = [
			{ x: 5, y: 5 },
			{ x: 30, y: 5 },
			{ x: 30, y: 25 },
		];
		const [before, circle, after, line] = await pixels(begun, { brush }, {}, { lasso });
		expect(after).toEqual(before);
		for (const [x, y] of changed(before, circle)) {
			expect(Math.abs(Math.hypot(x + 0.5 - 20, y + 0.5 - 15) - 8)).toBeLessThan(2.8);
		}
		expect(at(circle, 20, 15)).toEqual(at(before, 20, 15));
		const ring = changed(before, circle).map(([x, y]) => at(circle, x, y));
		expect(ring.some(([red, green, blue]) => red > 230 && green > 230 && blue > 230)).toBe(true);
		expect(ring.some(([red, green, blue]) => red < 90 && green < 90 && blue < 90)).toBe(true);
		expect(changed(before, line).some(([x, y]) => x === 15 && y === 5)).toBe(true);
	});

	it("knows the point of the picture below a place of the page", async () => {
		const places = await page.call<unknown[]>("places", ...CANVAS, begun, [
			{ x: MARGIN + 0.5, y: MARGIN + 0.5 },
			{ x: MARGIN + 25.5, y: MARGIN + 29.5 },
			{ x: MARGIN - 0.5, y: MARGIN + 3 },
			{ x: MARGIN + 3, y: MARGIN + HEIGHT },
		]);
		expect(places).toEqual([
			{ x: 0.5, y: 0.5 },
			{ x: 25.5, y: 29.5 },
			{ x: -0.5, y: 3 },
			{ x: 3, y: HEIGHT },
		]);
	});

	it("shows the same after the context was lost", async () => {
		const layer = { kind: "similarity", width: 1, height: 1, channels: 1, data: [99], isSmooth: false };
		const all = { ...begun, layer, style: { fill: 0.4, outlines: 1, layer: 0.5 } };
		const [before, after] = await pixels(all, { lose: true });
		expect(after).toEqual(before);
	});

	it("draws many changes with one frame", async () => {
		expect(await page.call("scheduled", ...CANVAS, begun)).toBe(1);
	});

	it("draws coarsely without a graphics card while all changes, and finely once it rests", async () => {
		const [width] = CANVAS;
		const drafts = await page.call<{ moving: number[]; resting: number }>("drafts", ...CANVAS, begun);
		expect(drafts.moving[0]).toBe(width);
		expect(drafts.moving.at(-1)).toBe(width / 2);
		expect(drafts.resting).toBe(width);
	});

	it("refuses parts and patches that do not fit", async () => {
		const refused = (step: object) => pixels({ ...begun, ...step });
		await expect(refused({ parts: [1, 2, 3] })).rejects.toThrow(/setParts: parts \(height, width\)/);
		const rect = { x: 38, y: 0, width: 4, height: 1 };
		await expect(refused({ patch: { rect, data: [0, 0, 0, 0] } })).rejects.toThrow(
			/width of a patch must be .* 0 to 2/,
		);
		await expect(refused({ patch: { rect: { ...rect, x: 0 }, data: [0] } })).rejects.toThrow(/data of a patch/);
	});

	it("shows a minimap while not all is seen", async () => {
		type Found = { isHidden: boolean; width: number; height: number; pixels: number[] };
		const whole = await page.call<Found>("minimap", ...CANVAS, begun);
		expect(whole.isHidden).toBe(true);
		const close = await page.call<Found>("minimap", ...CANVAS, { ...begun, camera: { x: 10, y: 10, scale: 20 } });
		expect(close).toMatchObject({ isHidden: false, width: 160, height: 120 });
		expect(close.pixels.filter((_, index) => index % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
	});

	interface Followed {
		camera: { x: number; y: number; scale: number };
		toTool: string[];
		states: string[];
	}

	it("lets the wheel and the middle button move the camera, and leaves the left one to the tool", async () => {
		await page.call("follow", ...CANVAS, { ...begun, camera: { x: 20, y: 15, scale: 8 } }, false);
		const { mouse } = page.page;
		await mouse.move(36, 31);
		await mouse.down({ button: "middle" });
		await mouse.move(44, 27);
		await mouse.up({ button: "middle" });
		await mouse.down();
		await mouse.up();
		await mouse.wheel(0, -50);
		await expect.poll(() => page.page.evaluate("harness.scale()")).toBeGreaterThan(8);
		const { camera, toTool, states } = await page.call<Followed>("followed");
		expect(camera.scale).toBeCloseTo(8 * Math.exp(0.1), 6);
		expect(toTool).toEqual(["pointermove", "pointerdown", "pointerup"]);
		expect(states).toEqual(["moving", "idle"]);
		// One CSS pixel is an eighth of a pixel; the wheel turned around (44, 27).
		const factor = Math.exp(-0.1);
		expect(camera.x).toBeCloseTo(19 + 1 - factor, 6);
		expect(camera.y).toBeCloseTo(15.5 + (factor - 1) / 2, 6);
	});

	it("lets the hand and Space move the camera", async () => {
		for (const isHand of [true, false]) {
			await page.call("follow", ...CANVAS, { ...begun, camera: { x: 20, y: 15, scale: 8 } }, isHand);
			const { mouse, keyboard } = page.page;
			if (!isHand) {
				await keyboard.down("Space");
			}
			await mouse.move(30, 30);
			await mouse.down();
			await mouse.move(38, 30);
			await mouse.up();
			await keyboard.up("Space");
			const { camera, toTool } = await page.call<Followed>("followed");
			expect(camera).toEqual({ x: 19, y: 15, scale: 8 });
			expect(toTool).toEqual(["pointermove"]);
		}
	});
});
