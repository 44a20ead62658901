import { DinosegError } from "@dinoseg/core/errors";
import type { AnyRle, Color } from "@dinoseg/core/labels";
import { shown, unreadable } from "./opened-result.ts";

export interface CocoAnnotation {
	/** As messages call it. */
	readonly id: string;
	readonly category: number;
	/** x and y of corners, pixels. */
	readonly polygons: readonly (readonly number[])[];
	readonly rle?: AnyRle | undefined;
}

export interface CocoCategory {
	readonly id: number;
	readonly name?: string | undefined;
	readonly color?: Color | undefined;
}

export interface CocoImage {
	readonly id: number | string;
	/** Without folders. */
	readonly name: string;
	readonly width: number;
	readonly height: number;
}

/** What a COCO data set says of one image. */
export interface CocoFile {
	readonly image: CocoImage;
	readonly annotations: readonly CocoAnnotation[];
	readonly categories: readonly CocoCategory[];
}

/** Names that a message lists. */
const MAX_LISTED = 5;
/** Longest name of a category, characters; the rest is cut. */
const MAX_NAME = 200;
/** Largest side of an image, pixels. */
const MAX_SIDE = 2 ** 24;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Check a COCO data set as far as one image needs it.
 *
 * @param imageName of the picture's file. Default: the only image.
 * @throws DinosegError RESULT_INVALID that names the field, INPUT_AMBIGUOUS, INPUT_NOT_FOUND
 */
export function readCoco(file: string, value: object, imageName: string | undefined): CocoFile {
	const { images, annotations, categories = [] } = value as Fields;
	const image = pickImage(
		file,
		listOf(file, "images", images).map((entry, at) => readImage(file, entry, at)),
		imageName,
	);
	return {
		image,
		annotations: listOf(file, "annotations", annotations)
			.map((entry, at) => [fieldsOf(file, `annotations[${at}]`, entry), at] as const)
			.filter(([{ image_id }]) => image_id === image.id)
			.map(([fields, at]) => readAnnotation(file, fields, at)),
		categories: listOf(file, "categories", categories).map((entry, at) => readCategory(file, entry, at)),
	};
}

function listOf(file: string, name: string, value: unknown): readonly unknown[] {
	if (!Array.isArray(value)) {
		throw unreadable(file, `${name} must be a list, got ${shown(value)}.`);
	}
	return value;
}

function fieldsOf(file: string, name: string, value: unknown): Fields {
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw unreadable(file, `${name} must be an object, got ${shown(value)}.`);
	}
	return value as Fields;
}

function readImage(file: string, value: unknown, at: number): CocoImage {
	const where = `images[${at}]`;
	const { id, file_name: path, width, height } = fieldsOf(file, where, value);
	if (typeof id !== "number" && typeof id !== "string") {
		throw unreadable(file, `${where}.id must be a number or a text, got ${shown(id)}.`);
	}
	for (const [name, side] of Object.entries({ width, height })) {
		if (!isIntegerUpTo(side, 1, MAX_SIDE)) {
			throw unreadable(file, `${where}.${name} must be an integer from 1 on, got ${shown(side)}.`);
		}
	}
	return { id, name: lastPart(typeof path === "string" ? path : ""), width: width as number, height: height as number };
}

function pickImage(file: string, images: readonly CocoImage[], wanted: string | undefined): CocoImage {
	const [first, second] = images;
	if (first === undefined) {
		throw unreadable(file, "has no images. Open a data set with an image.");
	}
	const named = wanted === undefined ? undefined : images.find(({ name }) => name === lastPart(wanted));
	if (named || second === undefined) {
		return named ?? first;
	}
	const listed = images.slice(0, MAX_LISTED).map(({ name }) => shown(name));
	const all = `${listed.join(", ")}${images.length > MAX_LISTED ? `, … (${images.length})` : ""}`;
	throw wanted === undefined
		? new DinosegError(
				"INPUT_AMBIGUOUS",
				`${file}: has several images: ${all}. Open one of these pictures first, then this file.`,
				{ details: { file } },
			)
		: new DinosegError("INPUT_NOT_FOUND", `${file}: has no image ${shown(wanted)}. There are ${all}.`, {
				details: { file },
			});
}

function readAnnotation(file: string, fields: Fields, at: number): CocoAnnotation {
	const { id, category_id: category, segmentation } = fields;
	const where = `annotations[${at}]`;
	if (!isIntegerUpTo(category, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
		throw unreadable(file, `${where}.category_id must be an integer, got ${shown(category)}.`);
	}
	const own = { id: typeof id === "number" || typeof id === "string" ? shown(id) : `${at}`, category };
	if (Array.isArray(segmentation)) {
		return { ...own, polygons: segmentation.map((polygon) => readPolygon(file, `${where}.segmentation`, polygon)) };
	}
	return { ...own, polygons: [], rle: readRle(file, `${where}.segmentation`, segmentation) };
}

function readPolygon(file: string, where: string, value: unknown): readonly number[] {
	const isPolygon =
		Array.isArray(value) &&
		value.length >= 6 &&
		value.length % 2 === 0 &&
		value.every((place) => Number.isFinite(place));
	if (!isPolygon) {
		throw unreadable(file, `${where} must hold lists of x and y of three corners or more, got ${shown(value)}.`);
	}
	return value;
}

function readRle(file: string, where: string, value: unknown): AnyRle {
	const { size, counts } = fieldsOf(file, where, value);
	const isSize = Array.isArray(size) && size.length === 2 && size.every((side) => isIntegerUpTo(side, 1, MAX_SIDE));
	if (!isSize) {
		throw unreadable(file, `${where}.size must be height and width, got ${shown(size)}.`);
	}
	const isPacked = typeof counts === "string";
	if (!isPacked && !(Array.isArray(counts) && counts.every((run) => Number.isInteger(run)))) {
		throw unreadable(file, `${where}.counts must be run lengths, got ${shown(counts)}.`);
	}
	return { size: [size[0], size[1]], counts: isPacked ? counts : (counts as number[]) };
}

function readCategory(file: string, value: unknown, at: number): CocoCategory {
	const { id, name, color } = fieldsOf(file, `categories[${at}]`, value);
	if (!isIntegerUpTo(id, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
		throw unreadable(file, `categories[${at}].id must be an integer, got ${shown(id)}.`);
	}
	const isNamed = typeof name === "string" && name.trim() !== "";
	// Black is never a segment.
	const isColor =
		Array.isArray(color) &&
		color.length === 3 &&
		color.every((part) => isIntegerUpTo(part, 0, 255)) &&
		color.some((part) => part > 0);
	return {
		id,
		...(isNamed ? { name: name.slice(0, MAX_NAME) } : {}),
		...(isColor ? { color: [color[0], color[1], color[2]] } : {}),
	};
}

function isIntegerUpTo(value: unknown, min: number, max: number): value is number {
	return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function lastPart(path: string): string {
	return path.split(/[/\\]/).at(-1) ?? "";
}
