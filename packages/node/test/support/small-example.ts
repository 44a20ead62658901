import { fileURLToPath } from "node:url";
import sharp from "sharp";

/** One of the example photographs, 120 pixels wide, as a PNG: for tests in which the size of a picture is not the point. */
export async function smallExample(name: string): Promise<Uint8Array> {
	const path = fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));
	return new Uint8Array(await sharp(path).resize({ width: 120 }).png().toBuffer());
}
