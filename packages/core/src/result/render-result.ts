import { type Check, type Kernels, referenceKernels } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import type { ChoicePoint } from "../cluster/index.ts";
import type { RgbImage } from "../image/index.ts";
import { meanColors } from "../labels/area-sums.ts";
import { FORMAT_RECORDS } from "../labels/exports/format-records.ts";
import { encodeSegmentsCutout } from "../labels/exports/segment-images.ts";
import { encodeLabelPng } from "../labels/label-png.ts";
import { type Palette, paletteTable } from "../labels/palette.ts";
import { serialiseSegments } from "../labels/segments-json.ts";
import { type ClusterRange, formatClusters, type SegmentationOptions } from "../options/index.ts";
import {
	drawSegmentIds,
	type FigureCaption,
	type PaintedParts,
	renderFigure,
	renderOverlay,
	renderSweep,
	sweepThumbnail,
} from "../render/index.ts";
import type { Sweep, SweepMap } from "../segment/index.ts";
import { describeResult } from "./describe-result.ts";
import { RESULT_LABELS, RESULT_MARKER } from "./file-names.ts";
import { namedSegments, resultPalette, usedSegments } from "./name-segments.ts";
import { renderResultBorders } from "./render-result-borders.ts";
import type { SegmentResult } from "./segment-result.ts";

/** A segmented picture, and the same in every number of clusters or regions of a range. */
export interface SweepResult extends Sweep {
	/** What `segment` gives. */
	readonly result: SegmentResult;
	/** The numbers that were asked for. There are fewer maps where the picture has too few tokens or superpixels. */
	readonly range: ClusterRange;
}

/** The sheet of a sweep, shape (height, 1600, 3), and the numbers that were asked for. */
export interface SweepSheet extends RgbImage {
	readonly range: ClusterRange;
}

/** One channel, 8 bits. */
export interface GreyImage {
	/** Shape (height, width), row-major. */
	readonly grey: Uint8Array;
	readonly width: number;
	readonly height: number;
}

/**
 * Makes a PNG, 8-bit RGB or 8-bit grey: its bytes, or something that will write them. Of a large photograph they take as
 * much memory as its pixels.
 */
export type PngEncoder<Png> = (image: RgbImage | GreyImage) => Promise<Png>;

export interface ResultFileOptions<Png> {
	readonly encodePng: PngEncoder<Png>;
	/** All builds give the same bytes; that of `loadKernels` is the fastest. @default the reference */
	readonly kernels?: Kernels;
	/** Called every some tens of milliseconds; what it throws ends the call. @default nothing */
	readonly check?: Check;
	/** The sheet that `renderResultSweep` gives. @default none */
	readonly sweep?: SweepSheet | undefined;
	/** Whether there is `figure.png`: it takes most of the time, and most of the bytes. @default true */
	readonly figure?: boolean | undefined;
}

/** The files that not every result has. */
const SWEEP = "sweep.png";
const BORDERS = "borders.png";
const FIGURE = "figure.png";

/** What an export lays beside a result: it is out of date when the result is replaced. */
const EXPORTS = Object.values(FORMAT_RECORDS).flatMap(({ holds, fileName }) => (holds === "image" ? [fileName] : []));

/** The files of a result. */
export interface ResultFiles<Png> {
	/**
	 * By name, in the order in which they are best begun, so that large pictures do not wait for each other in memory. Each
	 * is made when it is asked for. `segments.json` is the last one.
	 */
	readonly files: ReadonlyMap<string, () => Promise<Uint8Array | Png>>;
	/** Names of files beside an older result that do not belong to this one. */
	readonly obsolete: readonly string[];
}

/**
 * The files of a result by name, as bytes: `labels.png`, `overlay.png`, `confidence.png`, `figure.png`, `borders.png`
 * of regions, `sweep.png` if there is one, and `segments.json`.
 */
export function renderResultFiles<Png = Uint8Array>(
	result: SegmentResult,
	options: ResultFileOptions<Png>,
): ResultFiles<Png> {
	const { encodePng, kernels = referenceKernels, check = noCheck, sweep, figure = true } = options;
	const { width, height } = result.labels;
	const palette = resultPalette(result);
	const files = new Map<string, () => Promise<Uint8Array | Png>>([
		// First, so that what encoding it takes is free again before the overlay, which needs most.
		[RESULT_LABELS, async () => encodeLabelPng(result.labels, palette, check)],
		["overlay.png", () => encodePng(renderResultOverlay(result, kernels.checked(check)))],
		["confidence.png", () => encodePng({ grey: result.confidence, width, height })],
	]);
	if (figure) {
		files.set(FIGURE, () => encodePng(renderResultFigure(result, kernels.checked(check))));
	}
	if (result.kind === "regions") {
		files.set(BORDERS, () => encodePng({ grey: renderResultBorders(result, check), width, height }));
	}
	if (sweep) {
		files.set(SWEEP, () => encodePng(sweep));
	}
	files.set(RESULT_MARKER, async () =>
		new TextEncoder().encode(serialiseSegments(describeResult(result, check, sweep?.range))),
	);
	return { files, obsolete: [...EXPORTS, ...[SWEEP, BORDERS, FIGURE].filter((name) => !files.has(name))] };
}

/**
 * Some segments of a result as one PNG: the photograph where they are, transparent black elsewhere; 8-bit RGBA, cropped to
 * the box around them.
 *
 * @param pick    ids or names. Without it, the largest segment.
 * @param kernels all builds give the same picture; that of `loadKernels` is the fastest.
 * @throws DinosegError OPTION_INVALID if no segment was picked by one of the entries.
 */
export function renderResultCutout(
	result: SegmentResult,
	pick?: readonly string[],
	kernels: Kernels = referenceKernels,
): Uint8Array {
	const { image, labels, input } = result;
	const photograph = { file: input.path ?? "the picture", labels, segments: namedSegments(result), photograph: image };
	return encodeSegmentsCutout(photograph, { kernels, pick });
}

/** Segment colours over the photograph, with boundaries and ids. */
function renderResultOverlay(result: SegmentResult, kernels: Kernels): RgbImage {
	const palette = resultPalette(result);
	const overlay = renderOverlay(result.image, result.labels, { palette, check: kernels.check });
	return drawSegmentIds(kernels, overlay, result.labels, palette);
}

/**
 * The four-panel figure of a result: original, median blur, patches or superpixels, segments.
 *
 * @param kernels all builds give the same picture; that of `loadKernels` is the fastest.
 * @returns (height, 1600, 3).
 */
export function renderResultFigure(result: SegmentResult, kernels: Kernels = referenceKernels): RgbImage {
	const palette = resultPalette(result);
	return renderFigure(kernels, {
		original: result.image,
		blurred: result.blurred,
		parts: paintedParts(result, palette, kernels.check),
		segments: result.labels,
		caption: caption(result),
		palette,
		names: new Map([...(result.names ?? [])].flatMap(([id, { name }]) => (name === undefined ? [] : [[id, name]]))),
	});
}

/**
 * The sheet of a sweep: its maps side by side, and the curve of the criterion. Makes the maps, one after the other.
 *
 * @param kernels all builds give the same picture; that of `loadKernels` is the fastest.
 * @throws DinosegError ABORTED
 */
export async function renderResultSweep(
	{ result, range, choice, maps }: SweepResult,
	kernels: Kernels = referenceKernels,
): Promise<SweepSheet> {
	const shown: SweepMap[] = [];
	for await (const map of maps()) {
		shown.push(sweepThumbnail(map, choice.curve.length));
	}
	const { clusters, criterion } = choice;
	const sheet = renderSweep(kernels, {
		image: result.image,
		maps: shown,
		choice,
		palette: resultPalette(result),
		caption: { ...caption(result, choice.curve), clusters, criterion },
	});
	return { ...sheet, range };
}

/** What the segments of a result were made of, as the figure shows it. */
function paintedParts(result: SegmentResult, palette: Palette, check: Check): PaintedParts {
	if (result.kind === "regions") {
		return { ...result.superpixels, colors: meanColors(result.superpixels, result.blurred, check) };
	}
	const { rows, cols } = result.tokens();
	// Ids of clusters that no pixel of the result has follow after those of the label map.
	const ids = Math.max(result.labels.count, result.clusters);
	return { data: result.tokenLabels, width: cols, height: rows, colors: paletteTable(ids, palette) };
}

/** What figures say about how a result was made. */
function caption(result: SegmentResult, range: readonly ChoicePoint[] = []): FigureCaption {
	const { pca, options, choice } = result;
	const { inputWidth, inputHeight } = result.tokens();
	return {
		model: result.model.bundled ? `${result.model.name} (bundled, not DINOv2)` : result.model.name,
		clusters: typeof options.clusters === "number" ? options.clusters : usedSegments(result),
		...(choice ? { criterion: choice.criterion } : {}),
		input: { width: inputWidth, height: inputHeight },
		...(pca ? { pca: { components: pca.componentCount, share: sum(pca.explainedVarianceRatio) } } : {}),
		median: options.median,
		made:
			result.kind === "regions"
				? { superpixels: result.tree.leaves, detail: detailText(options, range) }
				: { smoothing: { method: options.smooth.method, window: result.smoothWindow } },
		minAreaPixels: result.minAreaPixels,
	};
}

/** The detail, and the range that it chose from. @param swept the numbers of a sweep. */
function detailText({ detail, clusters }: SegmentationOptions, swept: readonly ChoicePoint[]): string {
	const [first, last] = [swept[0], swept[swept.length - 1]];
	if (first !== undefined && last !== undefined) {
		return `${detail} within ${formatClusters({ min: first.clusters, max: last.clusters })}`;
	}
	return typeof clusters === "object" ? `${detail} within ${formatClusters(clusters)}` : `${detail}`;
}

function sum(values: Float64Array): number {
	return values.reduce((total, value) => total + value, 0);
}
