import { DinosegError } from "@dinoseg/core/errors";
import { decodeLabelPng } from "@dinoseg/core/labels";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import { RESULT_LABELS, RESULT_MARKER } from "@dinoseg/core/result";
import type { NamedFile } from "../zip-all.ts";
import { openCoco } from "./open-coco.ts";
import { openLabelPng } from "./open-label-png.ts";
import { openManifest } from "./open-manifest.ts";
import { type OpenedResult, type OpeningOptions, shown, unreadable } from "./opened-result.ts";

const EXPECTED = `${RESULT_LABELS}, ${RESULT_MARKER} or both of one result, or a COCO data set`;

/** Bytes of a JSON file: browsers hold no longer texts. */
const MAX_JSON_BYTES = 2 ** 28;

/**
 * Open a segmentation: `labels.png` and `segments.json` of dinoseg, either alone, or COCO annotations.
 *
 * @param files   in any order, called as they like: what they are is seen by what they hold.
 * @param options `maxPixels` as `dinoseg` has it unless it is given.
 * @throws DinosegError INPUT_EMPTY, INPUT_AMBIGUOUS, INPUT_NOT_FOUND, RESULT_INVALID, IMAGE_CORRUPT, IMAGE_UNSUPPORTED,
 *   IMAGE_TOO_LARGE
 */
export function openResult(files: readonly NamedFile[], options: Partial<OpeningOptions> = {}): OpenedResult {
	const given: OpeningOptions = { maxPixels: DEFAULT_OPTIONS.maxPixels, ...options };
	const png = onlyOne(
		files.filter(({ bytes }) => isPng(bytes)),
		RESULT_LABELS,
	);
	const json = onlyOne(
		files.filter(({ bytes }) => !isPng(bytes)),
		"JSON file",
	);
	const labels = png && decodeLabelPng(png.bytes, { name: png.name, maxPixels: given.maxPixels });
	if (json === undefined) {
		if (png === undefined || labels === undefined) {
			throw new DinosegError("INPUT_EMPTY", `No file was given. Open ${EXPECTED}.`);
		}
		return openLabelPng(png.name, png.bytes, labels);
	}
	const { text, value } = parseJson(json);
	if ("annotations" in value && png === undefined) {
		return openCoco(json.name, value, given);
	}
	if (!("schema" in value)) {
		throw unreadable(json.name, `must be ${RESULT_MARKER} or COCO annotations, got ${shown(Object.keys(value))}.`);
	}
	return openManifest(json.name, text, labels, given);
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47];

function isPng(bytes: Uint8Array): boolean {
	return PNG_SIGNATURE.every((value, at) => bytes[at] === value);
}

function onlyOne(files: readonly NamedFile[], what: string): NamedFile | undefined {
	const [first, second] = files;
	if (second !== undefined) {
		throw new DinosegError(
			"INPUT_AMBIGUOUS",
			`${first.name} and ${second.name}: only one ${what} can be opened at a time. Open ${EXPECTED}.`,
		);
	}
	return first;
}

function parseJson({ name, bytes }: NamedFile): { readonly text: string; readonly value: object } {
	if (bytes.length > MAX_JSON_BYTES) {
		throw unreadable(name, `has ${bytes.length} bytes, at most ${MAX_JSON_BYTES} are allowed.`);
	}
	const text = new TextDecoder().decode(bytes);
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw unreadable(name, `is neither PNG nor JSON. Open ${EXPECTED}.`, cause);
	}
	if (typeof value !== "object" || value === null) {
		throw unreadable(name, `must hold an object, got ${shown(value)}.`);
	}
	return { text, value };
}
