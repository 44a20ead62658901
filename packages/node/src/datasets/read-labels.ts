import type { LabelMap } from "@dinoseg/core/labels";
import { readInput } from "../image/read-input.ts";

/**
 * Read a label map: a PNG of one channel whose values are the labels.
 *
 * @param maxPixels larger ones are refused before decoding.
 * @throws DinosegError as `readInput` and `decodeLabelPng`, naming the file.
 */
export async function readLabels(path: string, maxPixels: number): Promise<LabelMap> {
	// Here, because who asks for the names of data sets reads no labels.
	const { decodeLabelPng } = await import("@dinoseg/core/labels");
	const { bytes } = await readInput(path);
	return decodeLabelPng(bytes, { name: path, maxPixels });
}
