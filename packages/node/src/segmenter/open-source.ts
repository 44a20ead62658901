import { createHash } from "node:crypto";
import { basename, isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { DinosegError, type RgbImage, type SegmentationOptions, type Warning } from "@dinoseg/core";
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
	const path = pathOf(input);
	const { bytes, sha256 } = path === undefined ? hashBytes(input) : await readInput(path);
	const name = path ?? "the picture";
	const { image, georeference, warnings } = await decodeImage(bytes, {
		name,
		maxPixels: options.maxPixels,
		stretch: options.stretch,
	});
	const identity = {
		path: path === undefined ? null : portablePath(path),
		sha256,
		width: image.width,
		height: image.height,
		...(georeference ? { georeference } : {}),
	};
	return { image, name, identity, warnings };
}

/** @returns undefined for bytes. */
function pathOf(input: SegmentInput): string | undefined {
	if (input instanceof URL) {
		if (input.protocol !== "file:") {
			throw new DinosegError(
				"OPTION_INVALID",
				`The picture's URL must begin with file:, got ${input.href}. Fetch it first and give its bytes.`,
				{ details: { option: "input", value: input.href } },
			);
		}
		return fileURLToPath(input);
	}
	return typeof input === "string" ? input : undefined;
}

function hashBytes(input: unknown): { bytes: Uint8Array; sha256: string } {
	const bytes = input instanceof ArrayBuffer ? new Uint8Array(input) : input;
	if (!(bytes instanceof Uint8Array)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`The picture must be a path, a file: URL, or the bytes of a file as Uint8Array or ArrayBuffer, got ${String(input)}.`,
			{ details: { option: "input", value: String(input) } },
		);
	}
	return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** A path that says nothing about the machine: relative if the file lies below the current folder, else the name. */
function portablePath(path: string): string {
	const below = isAbsolute(path) ? relative(process.cwd(), path) : path;
	return below.startsWith("..") || isAbsolute(below) ? basename(path) : below.replaceAll("\\", "/");
}
