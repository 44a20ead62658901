import { decodeLabelPng, type LabelMap } from "@dinoseg/core/labels";
import { readInput } from "../image/index.ts";

/**
 * Read a label map: a PNG of one channel whose values are the labels.
 *
 * @param maxPixels larger ones are refused before decoding.
 * @throws DinosegError as `readInput` and `decodeLabelPng`, naming the file.
 */
export async function readLabels(path: string, maxPixels: number): Promise<LabelMap> {
	const { bytes } = await readInput(path);
	return decodeLabelPng(bytes, { name: path, maxPixels });
}
