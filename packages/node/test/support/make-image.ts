import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";

/** Flat samples of one picture, for the encoders. */
export interface Pixels {
	readonly data: Uint8Array | Uint16Array;
	readonly width: number;
	readonly height: number;
	readonly channels: 1 | 2 | 3 | 4;
}

/** A picture whose samples are made from their position. */
export function drawPixels(
	width: number,
	height: number,
	channels: Pixels["channels"],
	sample: (x: number, y: number, channel: number) => number,
	depth: 8 | 16 = 8,
): Pixels {
	const data = depth === 8 ? new Uint8Array(width * height * channels) : new Uint16Array(width * height * channels);
	for (let i = 0; i < data.length; i++) {
		const pixel = Math.floor(i / channels);
		data[i] = sample(pixel % width, Math.floor(pixel / width), i % channels);
	}
	return { data, width, height, channels };
}

/** The samples as input of an encoder that keeps their depth. */
export function encoderFor({ data, width, height, channels }: Pixels): Sharp {
	const image = sharp(data, { raw: { width, height, channels } });
	const grey = channels <= 2;
	return image.toColourspace(data instanceof Uint8Array ? (grey ? "b-w" : "srgb") : grey ? "grey16" : "rgb16");
}

/** Red, green and blue of a pixel. */
export function pixelAt(image: { data: Uint8Array; width: number }, x: number, y: number): number[] {
	return [...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3)];
}

/** A PNG that is no more than its header: the sides are true to the format, the pixels are missing. */
export function pngHeader(width: number, height: number): Uint8Array {
	const header = Buffer.alloc(33);
	header.write("\x89PNG\r\n\x1a\n", "latin1");
	header.writeUInt32BE(13, 8);
	header.write("IHDR", 12, "latin1");
	header.writeUInt32BE(width, 16);
	header.writeUInt32BE(height, 20);
	header.set([8, 2, 0, 0, 0], 24);
	header.writeUInt32BE(crc32(header.subarray(12, 29)), 29);
	return Buffer.concat([header, Buffer.from("\0\0\x04\0IDAT", "latin1"), Buffer.alloc(1024)]);
}
