import { decode, encode } from "fast-png";
import { DinosegError } from "../errors/index.ts";
import { checkLabelMap, type LabelMap } from "./label-map.ts";
import { PALETTE, type Palette, segmentColor } from "./palette.ts";

/** Ids that fit an indexed PNG. */
const INDEXED_LIMIT = 256;

/** Deflate level: 6 is a tenth smaller on label maps and takes three times as long. */
const COMPRESSION_LEVEL = 3;

/**
 * A label map as a single-channel PNG whose samples are the ids.
 *
 * Up to 256 segments the file is 8-bit indexed and holds one palette entry per segment, so that viewers show colours
 * and programs read ids; above, it is 16-bit grey.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function encodeLabelPng(labels: LabelMap, palette: Palette = PALETTE): Uint8Array {
	checkLabelMap("encodeLabelPng", labels);
	const { width, height, count } = labels;
	const zlib = { level: COMPRESSION_LEVEL } as const;
	if (count > INDEXED_LIMIT) {
		const data = labels.data instanceof Uint16Array ? labels.data : Uint16Array.from(labels.data);
		return encode({ width, height, data, channels: 1, depth: 16 }, { zlib });
	}
	const data = labels.data instanceof Uint8Array ? labels.data : Uint8Array.from(labels.data);
	const entries = Array.from({ length: count }, (_, id) => [...segmentColor(id, palette)]);
	return encode({ width, height, data, channels: 1, depth: 8, palette: entries }, { zlib });
}

/**
 * The label map of a PNG that `encodeLabelPng` wrote, with exactly its ids.
 *
 * @returns count is the number of palette entries; for 16-bit grey, which has none, the highest id + 1.
 * @throws DinosegError IMAGE_CORRUPT if the bytes are no intact PNG, IMAGE_UNSUPPORTED if they are another kind of PNG.
 */
export function decodeLabelPng(bytes: Uint8Array): LabelMap {
	const image = decodePng(bytes);
	const { width, height, data, depth, channels, palette } = image;
	if (data instanceof Uint8Array && depth === 8 && channels === 1 && palette !== undefined) {
		return { data, width, height, count: palette.length };
	}
	if (data instanceof Uint16Array && channels === 1) {
		return { data, width, height, count: data.reduce((highest, id) => Math.max(highest, id), 0) + 1 };
	}
	throw new DinosegError(
		"IMAGE_UNSUPPORTED",
		`decodeLabelPng: expected 8-bit indexed or 16-bit grey, got ${depth} bits and ${channels} channel(s)` +
			`${palette === undefined ? " without a palette" : ""}. Pass a labels.png of dinoseg.`,
		{ details: { depth, channels } },
	);
}

function decodePng(bytes: Uint8Array): ReturnType<typeof decode> {
	try {
		return decode(bytes, { checkCrc: true });
	} catch (cause) {
		throw new DinosegError(
			"IMAGE_CORRUPT",
			`decodeLabelPng: expected an intact PNG, got ${bytes.length} bytes that cannot be read. Write the file again.`,
			{ cause },
		);
	}
}
