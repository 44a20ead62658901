import { basename, dirname, join } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import type { RgbImage } from "@dinoseg/core/image";
import { readOptions } from "@dinoseg/core/options";
import { decodeImage, readInput } from "../image/index.ts";
import { ownName, type StoredResult } from "./read-result.ts";

/**
 * Read the photograph that a result was made from, as it was decoded then.
 *
 * @param folder holds the photographs as the folder of results mirrors them.
 * @throws DinosegError RESULT_INVALID if it is another picture; of reading and decoding it
 */
export async function readPhotograph(folder: string, { document, image }: StoredResult): Promise<RgbImage> {
	const path = join(folder, dirname(image.file), ownName(document) ?? basename(image.file));
	const { bytes, sha256 } = await readInput(path);
	if (sha256 !== document.input.sha256) {
		throw new DinosegError(
			"RESULT_INVALID",
			`${path}: is not the picture that was segmented: its sha256 is ${sha256}, that of the result's is ${document.input.sha256}. Name the folder of the photographs as they were.`,
			{ details: { path } },
		);
	}
	return (await decodeImage(bytes, { ...readOptions(document.options), name: path })).image;
}
