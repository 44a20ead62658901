import { DinosegError, optionName } from "../../errors/index.ts";
import { colorToHex } from "../palette.ts";
import type { ExportImage, ExportSegment } from "./export-image.ts";

/** The segments of a data set so far: the same id means the same name and colour in every image. */
export interface CategoryTable {
	/**
	 * Add the segments of an image.
	 *
	 * @throws DinosegError INPUT_CONFLICT if an id has another name or colour than before, or two ids share one; nothing
	 *   is added then.
	 */
	add(image: ExportImage): void;
	/** By rising id. */
	all(): readonly ExportSegment[];
}

/** An empty table; it grows with the ids of the data set, not with its images. */
export function createCategoryTable(): CategoryTable {
	const byId = new Map<number, ExportSegment>();
	const idByName = new Map<string, number>();
	const idByColor = new Map<string, number>();
	return {
		add({ file, segments }) {
			const names = new Map<string, number>();
			const colors = new Map<string, number>();
			for (const { id, name, color } of segments) {
				const hex = colorToHex(color);
				const before = byId.get(id);
				if (before && (before.name !== name || colorToHex(before.color) !== hex)) {
					const other = `"${before.name}" ${colorToHex(before.color)} in another image`;
					throw conflict(file, `segment ${id} is "${name}" ${hex} here and ${other}`);
				}
				const sameName = names.get(name) ?? idByName.get(name) ?? id;
				if (sameName !== id) {
					throw conflict(file, `the segments ${sameName} and ${id} share the name "${name}"`);
				}
				const sameColor = colors.get(hex) ?? idByColor.get(hex) ?? id;
				if (sameColor !== id) {
					throw conflict(file, `the segments ${sameColor} and ${id} share the colour ${hex}`);
				}
				names.set(name, id);
				colors.set(hex, id);
			}
			for (const { id, name, color } of segments) {
				byId.set(id, { id, name, color });
				idByName.set(name, id);
				idByColor.set(colorToHex(color), id);
			}
		},
		all: () => [...byId.values()].sort((a, b) => a.id - b.id),
	};
}

function conflict(file: string, problem: string): DinosegError {
	return new DinosegError(
		"INPUT_CONFLICT",
		`${file}: ${problem}. Give each id one name and one colour for the whole data set: ${optionName("names")}.`,
		{ details: { file } },
	);
}
