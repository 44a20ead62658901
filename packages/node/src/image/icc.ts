import type { RgbImage } from "@dinoseg/core/image";
import sharp from "sharp";

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 12;

/**
 * Convert the colours of a picture to sRGB, perceptual intent.
 *
 * The image library takes a profile from files only, so the pixels go to it as a TIFF.
 *
 * @param image   not modified.
 * @param profile ICC, of RGB.
 * @returns shape (height, width, 3).
 * @throws Error if the profile cannot be used.
 */
export async function convertToSrgb({ data, width, height }: RgbImage, profile: Uint8Array): Promise<Uint8Array> {
	const tags: [tag: number, type: number, count: number, value: number][] = [
		[256, LONG, 1, width],
		[257, LONG, 1, height],
		[258, SHORT, 1, 8],
		[259, SHORT, 1, 1],
		[262, SHORT, 1, 2],
		[273, LONG, 1, 0],
		[277, SHORT, 1, 3],
		[278, LONG, 1, height],
		[279, LONG, 1, data.length],
		[34675, UNDEFINED, profile.length, 0],
	];
	const profileAt = HEADER_BYTES + 2 + tags.length * ENTRY_BYTES + 4;
	const pixelsAt = profileAt + profile.length + (profile.length % 2);
	const tiff = Buffer.alloc(pixelsAt + data.length);
	tiff.write("II*\0", "latin1");
	tiff.writeUInt32LE(HEADER_BYTES, 4);
	tiff.writeUInt16LE(tags.length, HEADER_BYTES);
	for (const [index, [tag, type, count, value]] of tags.entries()) {
		const at = HEADER_BYTES + 2 + index * ENTRY_BYTES;
		tiff.writeUInt16LE(tag, at);
		tiff.writeUInt16LE(type, at + 2);
		tiff.writeUInt32LE(count, at + 4);
		tiff.writeUInt32LE(tag === 273 ? pixelsAt : tag === 34675 ? profileAt : value, at + 8);
	}
	tiff.set(profile, profileAt);
	tiff.set(data, pixelsAt);
	const raw = await sharp(tiff, { limitInputPixels: false }).toColourspace("srgb").raw({ depth: "uchar" }).toBuffer();
	return new Uint8Array(raw);
}
