import { stat } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { IMAGE_EXTENSIONS } from "../image/formats.ts";
import type { TruthOfImage } from "./find-truth.ts";
import { listFolder } from "./list-folder.ts";

/** Finds the file of an image by the image's id. */
export type FileFinder = (id: string) => Promise<string>;

/**
 * Find label maps that are there already: `<id>/labels.png` as `dinoseg segment` writes it, else `<id>.png`.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_UNREADABLE for the folder; the finder INPUT_NOT_FOUND that names both.
 */
export async function predictionFinder(folder: string): Promise<FileFinder> {
	await listFolder(folder);
	return async (id) => {
		for (const path of [join(folder, id, "labels.png"), join(folder, `${id}.png`)]) {
			if (await isFile(path)) {
				return path;
			}
		}
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			`${id}: ${folder} holds no label map of it. Looked for ${join(id, "labels.png")} and ${id}.png.`,
			{ details: { id, folder } },
		);
	};
}

/**
 * Find the photograph of an image: `<id>` with the ending of any format that is decoded. Truth files in the same folder
 * are no photographs.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_UNREADABLE for the folder; the finder INPUT_NOT_FOUND for an image without a
 *   photograph, INPUT_AMBIGUOUS for one with several.
 */
export async function photographFinder(folder: string, truth: readonly TruthOfImage[]): Promise<FileFinder> {
	const truthFiles = new Set(truth.flatMap(({ files }) => files.map((file) => resolve(file))));
	const photographs = new Map<string, string[]>();
	for (const name of await listFolder(folder)) {
		const path = join(folder, name);
		const extension = extname(name);
		if (IMAGE_EXTENSIONS.includes(extension.toLowerCase()) && !truthFiles.has(resolve(path))) {
			const id = name.slice(0, name.length - extension.length);
			photographs.set(id, [...(photographs.get(id) ?? []), path]);
		}
	}
	return async (id) => {
		const found = photographs.get(id) ?? [];
		if (found.length === 1) {
			return found[0];
		}
		if (found.length > 1) {
			throw new DinosegError(
				"INPUT_AMBIGUOUS",
				`${id}: has several photographs: ${found.join(", ")}. Leave one there.`,
				{
					details: { id, found },
				},
			);
		}
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			`${id}: ${folder} holds no photograph of it. Looked for ${id} with ${IMAGE_EXTENSIONS.join(", ")}.`,
			{ details: { id, folder } },
		);
	};
}

async function isFile(path: string): Promise<boolean> {
	return stat(path).then(
		(status) => status.isFile(),
		() => false,
	);
}
