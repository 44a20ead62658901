import { basename, join } from "node:path";
import type { DinosegError } from "@dinoseg/core/errors";
import { ownName, readDocument } from "@dinoseg/node/results";
import { type FoundImage, outputConflict, outputNamesOf, withoutExtension } from "../inputs/name-outputs.ts";

/** Gives the images of a watched folder the folders of their results. */
export interface OutputNames {
	/**
	 * The folder of an image's result, below the output folder: the same each time it is asked for.
	 *
	 * @param stems how many images are there now, by their path without extension.
	 * @returns an error (INPUT_CONFLICT) if other images have both folders that it may get.
	 */
	nameOf(image: FoundImage, stems: ReadonlyMap<string, number>): Promise<string | DinosegError>;
}

/**
 * As for a folder input, `in/sub/b.jpg` goes to `out/sub/b/`, and of images of one stem each keeps its extension. But images
 * come one after the other here: one that has its folder already, from this watch or an earlier one, keeps it.
 */
export function createOutputNames(outputFolder: string): OutputNames {
	const owners = new Map<string, FoundImage>();
	const known = new Map<string, string>();

	const isFree = (name: string, { absolutePath }: FoundImage): boolean =>
		(owners.get(name)?.absolutePath ?? absolutePath) === absolutePath;

	const mayHaveStem = async (stem: string, image: FoundImage, stems: ReadonlyMap<string, number>): Promise<boolean> => {
		if (!isFree(stem, image)) {
			return false;
		}
		const document = await readDocument(join(outputFolder, stem)).catch(() => undefined);
		if (document !== undefined) {
			return ownName(document) === basename(image.absolutePath);
		}
		return stems.get(withoutExtension(image.absolutePath)) === 1;
	};

	return {
		async nameOf(image, stems) {
			const before = known.get(image.absolutePath);
			if (before !== undefined) {
				return before;
			}
			const { stem, whole } = outputNamesOf(image.namedPath);
			const name = stem !== undefined && (await mayHaveStem(stem, image, stems)) && isFree(stem, image) ? stem : whole;
			if (!isFree(name, image)) {
				return outputConflict(owners.get(name) as FoundImage, image, name);
			}
			owners.set(name, image);
			known.set(image.absolutePath, name);
			return name;
		},
	};
}
