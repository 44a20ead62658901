import { join } from "node:path";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { DATASET_LAYOUTS, type DatasetLayout, type DatasetName } from "./layouts.ts";
import { listFolder } from "./list-folder.ts";

/** What is known to be true about one image. */
export interface TruthOfImage {
	/** Name of the image without its ending. */
	readonly id: string;
	/** One label PNG per annotator, in their order. At least one. */
	readonly files: readonly string[];
}

/**
 * The truth files of a folder (not of folders in it), by image, in the order of the ids.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_UNREADABLE; INPUT_EMPTY that says which names were looked for.
 */
export async function findTruth(folder: string, dataset: DatasetName): Promise<TruthOfImage[]> {
	const { namings }: DatasetLayout = DATASET_LAYOUTS[dataset];
	const names = await listFolder(folder);
	const naming = namings.find(({ pattern }) => names.some((name) => pattern.test(name)));
	if (naming) {
		return groupByImage(folder, names, naming.pattern);
	}
	const shown = namings.map((one) => one.shown).join(" or ");
	throw new DinosegError(
		"INPUT_EMPTY",
		`${folder}: holds no truth of the data set "${dataset}": looked for files named ${shown}. Check ${optionName("truth")} and ${optionName("dataset")}.`,
		{ details: { folder, dataset, looked: namings.map((one) => one.shown) } },
	);
}

function groupByImage(folder: string, names: readonly string[], pattern: RegExp): TruthOfImage[] {
	const found = new Map<string, { readonly file: string; readonly annotator: number }[]>();
	for (const name of names) {
		const match = pattern.exec(name);
		if (match) {
			const [, id, annotator = "0"] = match;
			found.set(id, [...(found.get(id) ?? []), { file: join(folder, name), annotator: Number(annotator) }]);
		}
	}
	return [...found]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([id, files]) => ({
			id,
			files: files.sort((a, b) => a.annotator - b.annotator).map(({ file }) => file),
		}));
}
