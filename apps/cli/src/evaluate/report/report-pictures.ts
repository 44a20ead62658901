import type { RgbImage } from "@dinoseg/core/image";
import type { LabelMap, Palette } from "@dinoseg/core/labels";
import { renderLabelColors, renderOverlay } from "@dinoseg/core/render";
import type { Kernels } from "@dinoseg/kernels";
import { writeJpeg, writePng } from "@dinoseg/node";
import type { FileContent } from "@dinoseg/node/files";
import { sharedColors } from "./shared-colors.ts";

/** What is shown of one image. */
export interface PictureSource {
	readonly truth: LabelMap;
	readonly predicted: LabelMap;
	/** The picture itself, of the same size, if there is one. */
	readonly photograph: RgbImage | undefined;
	readonly ignoreLabel: number | undefined;
}

/** One picture beside the page. */
export interface ReportPicture {
	readonly file: string;
	readonly content: FileContent;
	readonly role: "photograph" | "truth" | "segmentation";
	readonly width: number;
	readonly height: number;
}

/** Longer side of a picture of the report, pixels; larger ones are shrunk. */
const LONGEST_SIDE = 960;

/** Colours of segments over the photograph: strong enough to compare, weak enough to see what lies below. */
const OPACITY = 0.5;

/**
 * The pictures of one image: the photograph, the truth and the segmentation over it; without a photograph the two label
 * maps in flat colours.
 *
 * @param name what the names of the files begin with.
 */
export function reportPictures(kernels: Kernels, name: string, source: PictureSource): ReportPicture[] {
	const { truth, predicted, photograph, ignoreLabel } = source;
	const colors = sharedColors(truth, predicted, ignoreLabel);
	const picture = (role: ReportPicture["role"], image: RgbImage): ReportPicture => {
		const small = shrink(kernels, image);
		const { width, height } = small;
		return photograph
			? { role, width, height, file: `${name}-${role}.jpg`, content: (path) => writeJpeg(small, path) }
			: { role, width, height, file: `${name}-${role}.png`, content: (path) => writePng(small, path) };
	};
	const show = (labels: LabelMap, palette: Palette): RgbImage =>
		photograph ? renderOverlay(photograph, labels, { palette, opacity: OPACITY }) : renderLabelColors(labels, palette);
	return [
		...(photograph ? [picture("photograph", photograph)] : []),
		picture("truth", show(truth, colors.truth)),
		picture("segmentation", show(predicted, colors.predicted)),
	];
}

function shrink(kernels: Kernels, image: RgbImage): RgbImage {
	const scale = LONGEST_SIDE / Math.max(image.width, image.height);
	if (scale >= 1) {
		return image;
	}
	const width = Math.max(1, Math.round(image.width * scale));
	const height = Math.max(1, Math.round(image.height * scale));
	return { data: kernels.resizeBicubic(image.data, image.width, image.height, 3, width, height), width, height };
}
