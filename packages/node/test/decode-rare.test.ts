import { describe, expect, it } from "vitest";
import { encodeTiff, LONG, SHORT } from "../../../fixtures/tiff.ts";
import { decodeImage } from "../dist/image/decode.js";
import { hdrWarnings } from "../dist/image/hdr.js";

const PHOTOMETRIC = 262;

describe("a TIFF of rare colours", () => {
	it("is read from white to black where white is zero", async () => {
		const data = Float32Array.from({ length: 256 }, (_, i) => i);
		const page = { width: 16, height: 16, channels: 1, data } as const;
		const decode = async (photometric: number) => {
			const bytes = encodeTiff([{ ...page, tags: [{ tag: PHOTOMETRIC, type: SHORT, values: [photometric] }] }]);
			return (await decodeImage(bytes, { name: "grey.tif", maxPixels: 1e6 })).image.data;
		};
		const [whiteIsZero, blackIsZero] = [await decode(0), await decode(1)];
		expect([blackIsZero[0], blackIsZero[765]]).toEqual([0, 255]);
		expect(Array.from(whiteIsZero)).toEqual(Array.from(blackIsZero).reverse());
	});

	it("is read as luma and chromas, from their own black to their own white", async () => {
		// The primaries and greys of ITU-R BT.601 in its range for television.
		const colors = [
			{ stored: [16, 128, 128], shown: [0, 0, 0] },
			{ stored: [235, 128, 128], shown: [255, 255, 255] },
			{ stored: [126, 128, 128], shown: [128, 128, 128] },
			{ stored: [81, 90, 240], shown: [255, 0, 0] },
			{ stored: [145, 54, 34], shown: [0, 255, 0] },
			{ stored: [41, 240, 110], shown: [0, 0, 255] },
		];
		const data = Uint8Array.from(colors.flatMap(({ stored }) => stored));
		const tags = [
			{ tag: PHOTOMETRIC, type: SHORT, values: [6] },
			{ tag: 530, type: SHORT, values: [1, 1] },
			{ tag: 532, type: LONG, values: [16, 235, 128, 240, 128, 240] },
		];
		const bytes = encodeTiff([{ width: colors.length, height: 1, channels: 3, data, tags }]);
		const { image } = await decodeImage(bytes, { name: "ycbcr.tif", maxPixels: 1e6, stretch: "none" });
		const expected = colors.flatMap(({ shown }) => shown);
		expect(image.data).toHaveLength(expected.length);
		for (const [at, value] of image.data.entries()) {
			expect(Math.abs(value - expected[at]), `sample ${at}`).toBeLessThanOrEqual(2);
		}
	});
});

describe("hdrWarnings", () => {
	/** The end of a file's header: a colour box, whose transfer function are the last bytes that matter. */
	const header = (transfer: number) =>
		Buffer.concat([Buffer.from("....ftypavif....colrnclx", "latin1"), Buffer.from([0, 9, 0, transfer])]);

	it("knows PQ and HLG, and no others", () => {
		const found = Array.from({ length: 20 }, (_, transfer) => hdrWarnings(header(transfer)));
		const told = found.flatMap((warnings, transfer) => warnings.map(({ message }) => [transfer, message]));
		expect(told).toEqual([
			[16, expect.stringContaining("(PQ)")],
			[18, expect.stringContaining("(HLG)")],
		]);
	});

	it("takes a cut header, and one without colours, for the usual range", () => {
		expect(hdrWarnings(header(16).subarray(0, -1))).toEqual([]);
		expect(hdrWarnings(Buffer.from("....ftypavif"))).toEqual([]);
	});
});
