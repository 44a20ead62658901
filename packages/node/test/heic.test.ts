import { readFile } from "node:fs/promises";
import { HEIC_PACKAGE } from "@dinoseg/core/image";
import { describe, expect, it } from "vitest";
import { QUARTERS } from "../../../fixtures/heic/quarters.ts";
import { decodeImage } from "../dist/image/decode.js";
import { type LibHeif, openHeic } from "../dist/image/heic.js";
import { expectError } from "./support/expect-error.ts";
import { pixelAt } from "./support/make-image.ts";

const fixture = (name: string) => readFile(new URL(`../../../fixtures/heic/${name}.heic`, import.meta.url));
const decode = (bytes: Uint8Array, maxPixels = 1e6) => decodeImage(bytes, { name: "phone.heic", maxPixels });
const [red, blue, green, yellow] = QUARTERS;
const WHITE = [255, 255, 255];

describe("a HEIC", () => {
	it.each([
		["quarters", 96, 64, [red, blue, green, yellow]],
		["quarters-turned", 64, 96, [blue, yellow, red, green]],
		["quarters-alpha", 96, 64, [red, WHITE, green, WHITE]],
		["quarters-p3", 96, 64, [red, blue, green, yellow]],
	])("%s is the picture: upright, over white, in sRGB", async (name, width, height, colors) => {
		const { image, format, warnings } = await decode(await fixture(name));
		expect({ format, warnings, ...image, data: undefined }).toEqual({ format: "heic", warnings: [], width, height });
		const corners = [
			[5, 5],
			[width - 6, 5],
			[5, height - 6],
			[width - 6, height - 6],
		];
		for (const [index, [x, y]] of corners.entries()) {
			pixelAt(image, x, y).forEach((value, channel) => {
				expect(Math.abs(value - colors[index][channel])).toBeLessThanOrEqual(3);
			});
		}
	});

	it("is refused by its header alone where it has too many pixels", async () => {
		const error = await expectError(decode(await fixture("quarters"), 96 * 64 - 1), "IMAGE_TOO_LARGE");
		expect(error.message).toContain("phone.heic: 96 x 64 = 6144 pixels");
	});

	it.each([40, 200, 450])("is damaged when only %i bytes of it are there, and says why", async (length) => {
		const error = await expectError(decode((await fixture("quarters")).subarray(0, length)), "IMAGE_CORRUPT");
		expect(error.message).toMatch(/^phone\.heic: this HEIC is damaged or incomplete \(.+\)\. Copy/);
	});

	it("names the package that reads it where that is not installed", async () => {
		const absent = `${HEIC_PACKAGE}-that-nobody-installed`;
		const load = async (): Promise<LibHeif> => import(absent);
		const error = await expectError(openHeic(await fixture("quarters"), "phone.heic", load), "IMAGE_UNSUPPORTED");
		expect(error.message).toContain("phone.heic: is HEIC, which the package libheif-js reads");
		expect(error.message).toContain("npm install libheif-js");
	});
});
