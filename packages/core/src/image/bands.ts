import { DinosegError, optionName } from "../errors/index.ts";
import type { BandsOption } from "../options/index.ts";
import { repeatGrey } from "./rgb-image.ts";

/**
 * The places of chosen bands in a pixel.
 *
 * @param count bands of the picture.
 * @param name  of the picture, for the message.
 * @returns one or three, 0-based.
 * @throws DinosegError OPTION_INVALID if the picture lacks one of them
 */
export function bandIndices(bands: Exclude<BandsOption, "auto">, count: number, name: string): readonly number[] {
	const absent = bands.find((band) => band > count);
	if (absent !== undefined) {
		const has = count === 1 ? "1 band" : `${count} bands`;
		throw new DinosegError(
			"OPTION_INVALID",
			`${name}: has ${has}, and no band ${absent}. Let ${optionName("bands")} name bands from 1 to ${count}, or leave it away.`,
			{ details: { option: "bands", value: absent, bands: count } },
		);
	}
	return bands.map((band) => band - 1);
}

/**
 * Make a picture of some bands of a decoded one: 1 is its red, 2 its green, 3 its blue.
 *
 * @param rgb  shape (pixels, 3). Not modified.
 * @param name of the picture, for the message.
 * @returns shape (pixels, 3); `rgb` itself for "auto".
 * @throws DinosegError OPTION_INVALID
 */
export function pickBands(rgb: Uint8Array, bands: BandsOption, name: string): Uint8Array {
	if (bands === "auto") {
		return rgb;
	}
	const indices = bandIndices(bands, 3, name);
	const picked = new Uint8Array((rgb.length / 3) * indices.length);
	for (let from = 0, to = 0; from < rgb.length; from += 3) {
		for (const index of indices) {
			picked[to++] = rgb[from + index];
		}
	}
	return indices.length === 1 ? repeatGrey(picked) : picked;
}
