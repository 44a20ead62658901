import { describeNoData } from "@dinoseg/core/engine";
import {
	colorToHex,
	defaultSegmentName,
	type LabelMap,
	type SegmentNames,
	segmentColor,
	segmentStatistics,
} from "@dinoseg/core/labels";
import {
	type ExportedResult,
	type PngEncoder,
	type ResultOutput,
	renderOutputs,
	type SegmentResult,
} from "@dinoseg/core/result";
import { checkedParts, type Kernels } from "@dinoseg/kernels";
import { encodePng } from "@dinoseg/web/png";
import type { SceneSegment } from "../scene.ts";

/** A result, and what people made of it. */
export interface EditedPicture {
	/** Of the settings that are in force: what `Analysis.segment` gives. */
	readonly result: SegmentResult;
	/** As it is now. */
	readonly labels: LabelMap;
	/** Those of `labels`, hidden ones too. */
	readonly segments: readonly Pick<SceneSegment, "id" | "name" | "color">[];
}

export interface ExportPictureOptions {
	readonly kernels: Kernels;
	/** @default `encodePng` of the page: other bytes than those of the command line, the same pixels */
	readonly encodePng?: PngEncoder<Uint8Array> | undefined;
}

/**
 * Make a file of a picture as it is now: any file of a result, a cut-out, or the format of another tool. Hidden segments are
 * in it like all others. Where nothing was edited, the bytes of `labels.png` and `segments.json` are those of the command
 * line; where pixels were, `segments.json` says so.
 *
 * @throws DinosegError as `renderOutputs`; INPUT_CONFLICT if two segments share a name or a colour and the format has no
 *   place for that
 */
export async function exportPicture(
	picture: EditedPicture,
	what: ResultOutput,
	{ kernels, encodePng: encode = encodePng }: ExportPictureOptions,
): Promise<ExportedResult> {
	const [file] = await renderOutputs(editedResult(kernels, picture), [what], { encodePng: encode, kernels });
	return file;
}

/** The result as it would be if the segments had been found as they are now. */
function editedResult(kernels: Kernels, { result, labels, segments }: EditedPicture): SegmentResult {
	const names = namesOf(segments);
	const named = { ...result, ...(names ? { names } : {}) };
	if (isSameMap(kernels, result.labels, labels)) {
		return named;
	}
	const { noData: _, ...input } = result.input;
	return {
		...named,
		input: { ...input, ...describeNoData(labels, kernels.check) },
		labels,
		segments: segmentStatistics(labels, result.image, kernels.check),
		isEdited: true,
	};
}

/** All names and colours; none where all are defaults. */
function namesOf(segments: EditedPicture["segments"]): SegmentNames | undefined {
	const isDefault = segments.every(
		({ id, name, color }) => name === defaultSegmentName(id) && colorToHex(color) === colorToHex(segmentColor(id)),
	);
	return isDefault ? undefined : new Map(segments.map(({ id, name, color }) => [id, { name, color }]));
}

function isSameMap({ check }: Kernels, a: LabelMap, b: LabelMap): boolean {
	if (a.data.length !== b.data.length || a.background !== b.background) {
		return false;
	}
	for (const { from, to } of checkedParts(check, a.data.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			if (a.data[pixel] !== b.data[pixel]) {
				return false;
			}
		}
	}
	return true;
}
