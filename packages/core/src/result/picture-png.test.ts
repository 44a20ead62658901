import fc from "fast-check";
import { decode } from "fast-png";
import { zlibSync } from "fflate";
import { describe, expect, it } from "vitest";
import { drawnPicture } from "../../../../fixtures/drawn-pictures.ts";
import { encodePicturePng } from "./picture-png.ts";

const side = fc.integer({ min: 1, max: 40 });
const deflate = async (bytes: Uint8Array) => zlibSync(bytes);

describe("encodePicturePng", () => {
	it("is read back by a library, checksums and all, grey or not", async () => {
		await fc.assert(
			fc.asyncProperty(side, side, fc.nat(), fc.constantFrom(1, 4, 40), async (width, height, seed, slope) => {
				const level = (at: number) => (at % slope === 0 ? Math.imul(at + seed, 2654435761) >>> 13 : at * 2) & 255;
				const data = Uint8Array.from({ length: 3 * width * height }, (_, at) => level(at));
				const color = decode(await encodePicturePng({ data, width, height }, deflate), { checkCrc: true });
				expect(color).toMatchObject({ width, height, channels: 3, depth: 8, data });
				const grey = data.subarray(0, width * height);
				const one = decode(await encodePicturePng({ grey, width, height }, deflate), { checkCrc: true });
				expect(one).toMatchObject({ width, height, channels: 1, depth: 8 });
				expect([...one.data]).toEqual([...grey]);
			}),
		);
	});

	it("makes a smaller file of what has slopes than no filter does", async () => {
		const { data, width, height } = drawnPicture("ramp");
		const file = await encodePicturePng({ data, width, height }, deflate);
		expect(file.length).toBeLessThan(zlibSync(data).length / 2);
	});

	it("refuses data of another size", async () => {
		const short = encodePicturePng({ data: new Uint8Array(11), width: 2, height: 2 }, deflate);
		await expect(short).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
	});
});
