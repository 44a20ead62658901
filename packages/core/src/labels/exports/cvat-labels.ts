import { colorToHex } from "../palette.ts";
import type { ExportSegment } from "./export-image.ts";

/**
 * The labels of a data set as CVAT's label editor takes them under *Raw*: a JSON list with name, colour and kind of shape.
 *
 * Source: CVAT, `cvat-ui/src/components/labels-editor/common.ts`, `validateParsedLabel`, which demands `attributes`.
 */
export function cvatLabels(segments: readonly ExportSegment[]): string {
	const lines = segments.map(({ name, color }) =>
		JSON.stringify({ name, color: colorToHex(color), type: "mask", attributes: [] }),
	);
	return `[\n${lines.join(",\n")}\n]\n`;
}
