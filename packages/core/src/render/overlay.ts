import { type Check, checkedParts } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { DinosegError } from "../errors/index.ts";
import { checkRgbImage, type RgbImage } from "../image/rgb-image.ts";
import { checkLabelMap, type LabelMap } from "../labels/label-map.ts";
import { PALETTE, type Palette, paletteTable } from "../labels/palette.ts";

export interface OverlayOptions {
	/** Weight of the segment colours over the photograph, 0 to 1. @default 0.45 */
	readonly opacity?: number;
	/** Draw lines between segments. @default true */
	readonly boundary?: boolean;
	/** @default PALETTE */
	readonly palette?: Palette;
	/** Called between rows; what it throws ends the call. @default none */
	readonly check?: Check | undefined;
}

/** Longer side, pixels, of a picture whose boundaries have a core one pixel wide; twice as large, twice as wide. */
const SIDE_PER_LINE_PIXEL = 900;

/** The light core of a boundary. */
const CORE = { value: 255, opacity: 0.92 };
/** The dark lines on both sides of it, which set it off from light pictures. */
const EDGE = { value: 0, opacity: 0.55 };

/** Distances are counted in thirds of a pixel: a step along an axis is 3, along a diagonal 4. */
const STEP = 3;
const DIAGONAL = 4;
const FAR = 255;

/** Pixels whose distances are held at once: few beside those of a large picture, many beside the rows around them. */
const STRIP_PIXELS = 2 ** 22;

/**
 * Segment colours over the photograph, with boundaries: a light line with a dark line on both sides, whose width grows
 * with the picture, so that it is seen on any ground. What belongs to no segment is not coloured.
 *
 * @param image  shape (height, width, 3). Not modified.
 * @param labels shape (height, width).
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID
 */
export function renderOverlay(image: RgbImage, labels: LabelMap, options: OverlayOptions = {}): RgbImage {
	const { opacity = 0.45, boundary = true, palette = PALETTE, check = noCheck } = options;
	checkRgbImage("renderOverlay", image);
	checkLabelMap("renderOverlay", labels);
	if (labels.width !== image.width || labels.height !== image.height) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`renderOverlay: labels (height, width) must match the picture (${image.height}, ${image.width}), ` +
				`got (${labels.height}, ${labels.width}). Pass the label map at the size of the original.`,
			{ details: { expected: [image.height, image.width], actual: [labels.height, labels.width] } },
		);
	}
	if (!(opacity >= 0 && opacity <= 1)) {
		throw new DinosegError("OPTION_INVALID", `renderOverlay: opacity must be from 0 to 1, got ${opacity}.`, {
			details: { option: "opacity", value: opacity, min: 0, max: 1 },
		});
	}
	const data = tint(check, image, labels, paletteTable(labels.count, palette), opacity);
	const canvas = { data, width: image.width, height: image.height };
	if (labels.background !== undefined) {
		uncover(check, image, labels, data);
	}
	if (boundary) {
		drawBoundaries(check, canvas, labels);
	}
	return canvas;
}

function tint(check: Check, image: RgbImage, labels: LabelMap, table: Uint8Array, opacity: number): Uint8Array {
	const source = image.data;
	const ids = labels.data;
	const tinted = new Uint8Array(source.length);
	const shares = Float64Array.from(table, (value) => value * opacity + 0.5);
	const rest = 1 - opacity;
	for (const { from, to } of checkedParts(check, ids.length)) {
		for (let pixel = from, offset = from * 3; pixel < to; pixel++, offset += 3) {
			const entry = ids[pixel] * 3;
			tinted[offset] = source[offset] * rest + shares[entry];
			tinted[offset + 1] = source[offset + 1] * rest + shares[entry + 1];
			tinted[offset + 2] = source[offset + 2] * rest + shares[entry + 2];
		}
	}
	return tinted;
}

/** Put the photograph back where the background is. */
function uncover(
	check: Check,
	{ data: source }: RgbImage,
	{ data: ids, background }: LabelMap,
	tinted: Uint8Array,
): void {
	for (const { from, to } of checkedParts(check, ids.length)) {
		for (let pixel = from; pixel < to; pixel++) {
			if (ids[pixel] === background) {
				for (let offset = pixel * 3; offset < pixel * 3 + 3; offset++) {
					tinted[offset] = source[offset];
				}
			}
		}
	}
}

function drawBoundaries(check: Check, canvas: RgbImage, labels: LabelMap): void {
	const core = Math.max(1, Math.max(canvas.width, canvas.height) / SIDE_PER_LINE_PIXEL);
	const edge = Math.max(1, core * 0.5);
	// A line of one pixel reaches half a pixel from its middle.
	const weights = (reach: number): Float64Array =>
		Float64Array.from({ length: FAR + 1 }, (_, distance) => Math.min(1, Math.max(0, reach - distance / STEP + 0.5)));
	const inCore = weights(core / 2);
	const inLine = weights(core / 2 + edge);
	const { data, width, height } = canvas;
	// As many rows around a strip as a line reaches, or a distance counts.
	const margin = Math.min(Math.ceil(core / 2 + edge + 0.5), Math.ceil(FAR / STEP));
	const rows = Math.max(4 * margin, Math.floor(STRIP_PIXELS / width));
	// One for all strips: what is left to the collector of garbage adds up to a whole picture's.
	const distances = new Uint8Array(Math.min(height, rows + 2 * margin) * width);
	for (let top = 0; top < height; top += rows) {
		const first = Math.max(0, top - margin);
		const bottom = Math.min(height, top + rows);
		measureDistances(check, labels, first, Math.min(height, bottom + margin), distances);
		for (const { from, to } of checkedParts(check, (bottom - top) * width)) {
			for (let pixel = top * width + from, at = (top - first) * width + from; pixel < top * width + to; pixel++, at++) {
				const distance = distances[at];
				if (inLine[distance] > 0) {
					const light = inCore[distance];
					const lightOpacity = light * CORE.opacity;
					const darkOpacity = (inLine[distance] - light) * EDGE.opacity;
					const kept = 1 - lightOpacity - darkOpacity;
					const added = lightOpacity * CORE.value + darkOpacity * EDGE.value + 0.5;
					for (let offset = pixel * 3; offset < pixel * 3 + 3; offset++) {
						data[offset] = data[offset] * kept + added;
					}
				}
			}
		}
	}
}

/**
 * Measure the distance of each pixel in the rows from `top` to before `bottom` to the nearest one in them whose right or lower
 * neighbour is another segment, in thirds of a pixel.
 *
 * Source: 3-4 chamfer distance, Borgefors 1986, doi:10.1016/S0734-189X(86)80047-0.
 *
 * @param distances overwritten from its begin. Shape (bottom - top or more, width).
 */
function measureDistances(
	check: Check,
	{ data, width, height }: LabelMap,
	top: number,
	bottom: number,
	distances: Uint8Array,
): void {
	const rows = bottom - top;
	for (let y = 0; y < rows; y++) {
		check();
		for (let x = 0; x < width; x++) {
			const pixel = y * width + x;
			const from = pixel + top * width;
			const isBoundary =
				(x + 1 < width && data[from] !== data[from + 1]) || (y + 1 + top < height && data[from] !== data[from + width]);
			let distance = isBoundary ? 0 : FAR;
			if (x > 0) {
				distance = Math.min(distance, distances[pixel - 1] + STEP);
			}
			if (y > 0) {
				distance = Math.min(distance, distances[pixel - width] + STEP);
				if (x > 0) {
					distance = Math.min(distance, distances[pixel - width - 1] + DIAGONAL);
				}
				if (x + 1 < width) {
					distance = Math.min(distance, distances[pixel - width + 1] + DIAGONAL);
				}
			}
			distances[pixel] = distance;
		}
	}
	for (let y = rows - 1; y >= 0; y--) {
		check();
		for (let x = width - 1; x >= 0; x--) {
			const pixel = y * width + x;
			let distance = distances[pixel];
			if (x + 1 < width) {
				distance = Math.min(distance, distances[pixel + 1] + STEP);
			}
			if (y + 1 < rows) {
				distance = Math.min(distance, distances[pixel + width] + STEP);
				if (x > 0) {
					distance = Math.min(distance, distances[pixel + width - 1] + DIAGONAL);
				}
				if (x + 1 < width) {
					distance = Math.min(distance, distances[pixel + width + 1] + DIAGONAL);
				}
			}
			distances[pixel] = distance;
		}
	}
}
