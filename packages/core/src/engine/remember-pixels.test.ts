import { describe, expect, it } from "vitest";
import { resolveOptions } from "../options/index.ts";
import { createPictureMemory } from "./picture-memory.ts";
import type { DecodedPixels, Decoder } from "./ports.ts";
import { rememberPixels } from "./remember-pixels.ts";

/** Files of one pixel, whose digest is its value; and what was done for them. */
function countingDecoder() {
	const done = { read: 0, decoded: 0 };
	const decoder: Decoder<{ readonly value: number; readonly name?: string; readonly path?: string }> = {
		async read({ value, name = "a.png", path = "a.png" }) {
			done.read++;
			return {
				name,
				path,
				sha256: String(value),
				async decode() {
					done.decoded++;
					if (value > 255) {
						throw new Error("no picture");
					}
					const warnings = [{ code: "CONTRAST_LOW", message: `${name} is flat` }] as const;
					return { image: { data: new Uint8Array(3).fill(value), width: 1, height: 1 }, page: 3, warnings };
				},
			};
		},
	};
	return { done, read: rememberPixels(decoder, createPictureMemory<DecodedPixels>(6)) };
}

const OPTIONS = resolveOptions({});

describe("rememberPixels", () => {
	it("reads known bytes, and decodes them no more", async () => {
		const { done, read } = countingDecoder();
		const first = await read({ value: 5 }, OPTIONS, undefined);
		expect(first).toEqual({
			name: "a.png",
			path: "a.png",
			sha256: "5",
			image: { data: Uint8Array.of(5, 5, 5), width: 1, height: 1 },
			page: 3,
			warnings: [{ code: "CONTRAST_LOW", message: "a.png is flat" }],
		});
		expect(await read({ value: 5 }, OPTIONS, undefined)).toEqual(first);
		expect(await read({ value: 5, path: "there/a.png" }, OPTIONS, undefined)).toEqual({
			...first,
			path: "there/a.png",
		});
		expect(done).toEqual({ read: 3, decoded: 1 });
	});

	it("decodes again under another name, which warnings have, and with other options that decide the pixels", async () => {
		const { done, read } = countingDecoder();
		const renamed = await read({ value: 5, name: "b.png" }, OPTIONS, undefined);
		expect(renamed.warnings[0].message).toBe("b.png is flat");
		const others = [{}, { bands: [1] }, { maxPixels: 1 }, { nodata: 0 }, { page: 3 }, { stretch: "none" }] as const;
		for (const [index, other] of others.entries()) {
			await read({ value: 5 }, resolveOptions(other), undefined);
			expect(done.decoded).toBe(index + 2);
		}
		await read({ value: 5 }, resolveOptions({ clusters: 3, median: 0, stretch: "none" }), undefined);
		expect(done.decoded).toBe(others.length + 1);
	});

	it("keeps nothing of what cannot be decoded", async () => {
		const { done, read } = countingDecoder();
		await expect(read({ value: 256 }, OPTIONS, undefined)).rejects.toThrow("no picture");
		await expect(read({ value: 256 }, OPTIONS, undefined)).rejects.toThrow("no picture");
		expect(done.decoded).toBe(2);
	});
});
