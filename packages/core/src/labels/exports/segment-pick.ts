import { DinosegError, optionName } from "../../errors/index.ts";
import type { ExportImage, ExportSegment } from "./export-image.ts";

/** Segments that a message lists. */
const MAX_LISTED = 40;

/** Which segments of a data set are written. */
interface SegmentPick {
	/** The picked segments of an image, by rising id; an image may have none. */
	of(image: ExportImage): readonly ExportSegment[];
	/** @throws DinosegError OPTION_INVALID for the first entry that no image had, with what there is. */
	checkFound(): void;
}

/**
 * Pick segments by id or by name. Digits alone are an id; all else is a name, which several ids may have in different
 * images.
 *
 * @param format what messages call it.
 * @param picked all segments if undefined.
 */
export function createSegmentPick(format: string, picked: readonly string[] | undefined): SegmentPick {
	if (picked === undefined) {
		return { of: ({ segments }) => segments, checkFound: () => {} };
	}
	const missing = new Set(picked.map(keyOf));
	const wanted = new Set(missing);
	const seen = new Map<string, number>();
	return {
		of: ({ segments }) =>
			segments.filter(({ id, name }) => {
				if (seen.size < MAX_LISTED) {
					seen.set(`${id} ${JSON.stringify(name)}`, id);
				}
				missing.delete(`id ${id}`);
				missing.delete(`name ${name}`);
				return wanted.has(`id ${id}`) || wanted.has(`name ${name}`);
			}),
		checkFound() {
			const entry = picked.find((text) => missing.has(keyOf(text)));
			if (entry !== undefined) {
				const listed = [...seen].sort(([, a], [, b]) => a - b).map(([text]) => text);
				const rest = seen.size === MAX_LISTED ? " and others" : "";
				throw new DinosegError(
					"OPTION_INVALID",
					`${format}: ${optionName("pick")} must name segments by id or name, got ${JSON.stringify(entry)}; there are ${listed.join(", ")}${rest}.`,
					{ details: { pick: entry } },
				);
			}
		},
	};
}

const keyOf = (text: string): string => (/^\d+$/.test(text) ? `id ${Number(text)}` : `name ${text}`);
