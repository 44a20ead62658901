import { DinosegError } from "../../errors/index.ts";
import { withoutEnding } from "./export-image.ts";

/** The photographs of a data set whose files are called as the photographs, without their endings. */
export interface StemTable {
	/**
	 * @returns the path without ending.
	 * @throws DinosegError INPUT_CONFLICT if a photograph that was added has the same.
	 */
	stemOf(file: string): string;
	/** Add a photograph whose stem is free. */
	add(file: string): void;
	/** In the order in which they came. */
	all(): readonly string[];
}

/** @param format what messages call it. */
export function createStemTable(format: string): StemTable {
	const files = new Map<string, string>();
	return {
		stemOf(file) {
			const stem = withoutEnding(file);
			const before = files.get(stem);
			if (before !== undefined) {
				throw new DinosegError(
					"INPUT_CONFLICT",
					`${format}: photographs must differ in more than their ending, got ${before} and ${file}. Rename one.`,
					{ details: { file } },
				);
			}
			return stem;
		},
		add(file) {
			files.set(withoutEnding(file), file);
		},
		all: () => [...files.keys()],
	};
}
