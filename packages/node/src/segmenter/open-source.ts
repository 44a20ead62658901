import { createHash } from "node:crypto";
import { basename, isAbsolute, relative } from "node:path";
import type { RgbImage, SegmentationOptions, Warning } from "@dinoseg/core";
import { decodeImage } from "../image/decode.ts";
import { readInput } from "../image/read-input.ts";
import type { InputIdentity, SegmentInput } from "./types.ts";

/** A decoded picture and where it came from. */
export interface Source {
	readonly image: RgbImage;
	/** How messages call it. */
	readonly name: string;
	readonly identity: InputIdentity;
	readonly warnings: readonly Warning[];
}

/**
 * Read and decode a picture.
 *
 * @throws DinosegError INPUT_*, IMAGE_*
 */
export async function openSource(
	input: SegmentInput,
	options: Pick<SegmentationOptions, "maxPixels" | "stretch">,
): Promise<Source> {
	const isPath = typeof input === "string";
	const { bytes, sha256 } = isPath
		? await readInput(input)
		: { bytes: input, sha256: createHash("sha256").update(input).digest("hex") };
	const name = isPath ? input : "the picture";
	const { image, warnings } = await decodeImage(bytes, {
		name,
		maxPixels: options.maxPixels,
		...(options.stretch ? { stretch: options.stretch } : {}),
	});
	const identity = { path: isPath ? portablePath(input) : null, sha256, width: image.width, height: image.height };
	return { image, name, identity, warnings };
}

/** A path that says nothing about the machine: relative if the file lies below the current folder, else the name. */
function portablePath(path: string): string {
	const below = isAbsolute(path) ? relative(process.cwd(), path) : path;
	return below.startsWith("..") || isAbsolute(below) ? basename(path) : below.replaceAll("\\", "/");
}
