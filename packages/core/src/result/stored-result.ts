import { DinosegError } from "../errors/index.ts";
import type { LabelMap } from "../labels/label-map.ts";
import type { SegmentsDocument } from "../labels/segments-json.ts";
import { RESULT_LABELS, RESULT_MARKER } from "./file-names.ts";

/**
 * Throw unless a manifest and a label map are of one result: of one size, with as many pixels of each id.
 *
 * @param where  what messages call the result.
 * @param advice a sentence that says what to do.
 * @throws DinosegError RESULT_INVALID
 */
export function checkStoredResult(
	where: string,
	{ input, segments }: SegmentsDocument,
	labels: LabelMap,
	advice: string,
): void {
	const invalid = (problem: string) =>
		new DinosegError(
			"RESULT_INVALID",
			`${where}: ${RESULT_MARKER} and ${RESULT_LABELS} do not fit together: ${problem}. ${advice}`,
			{ details: { folder: where } },
		);
	if (input.width !== labels.width || input.height !== labels.height) {
		throw invalid(`${input.width} x ${input.height} and ${labels.width} x ${labels.height} pixels`);
	}
	const entries = [...segments, ...(input.noData ? [input.noData] : [])];
	const listed = new Map(entries.map(({ id, pixels }) => [id, pixels]));
	if (listed.size < entries.length) {
		throw invalid("an id is listed twice");
	}
	const counts = new Uint32Array(Math.max(labels.count, ...listed.keys()) + 1);
	for (const id of labels.data) {
		counts[id]++;
	}
	for (const [id, count] of counts.entries()) {
		const expected = listed.get(id) ?? 0;
		if (count !== expected) {
			throw invalid(`segment ${id} has ${expected} and ${count} pixels`);
		}
	}
}
