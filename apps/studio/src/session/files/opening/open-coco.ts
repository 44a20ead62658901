import { isDinosegError } from "@dinoseg/core/errors";
import {
	allocateLabels,
	applyNames,
	defaultSegmentName,
	type LabelMap,
	paintRle,
	type SegmentNames,
	segmentColor,
} from "@dinoseg/core/labels";
import { countCrossings } from "../../polygon-spans.ts";
import { type CocoAnnotation, type CocoFile, readCoco } from "./coco-file.ts";
import { fillPolygon } from "./fill-polygon.ts";
import { checkPixels, type OpenedResult, type OpeningOptions, unreadable } from "./opened-result.ts";
import { usedIds } from "./used-ids.ts";

/** What the polygons of an image may cost: a minute in no browser. */
const MAX_CROSSINGS = 2 ** 27;
/** Ids of a label map, one of which the background has. */
const MAX_CATEGORIES = 65535;

/**
 * Open the annotations of one image of a COCO data set: each category becomes a segment, for a segment here is all that is
 * called alike.
 *
 * Convention: where annotations overlap, the later one has the pixel; what none has is background. Ids are those of the
 * categories less 1, as exports of dinoseg have them, or numbers by rising category where these do not fit.
 *
 * @throws DinosegError RESULT_INVALID, IMAGE_TOO_LARGE, INPUT_AMBIGUOUS if the data set has several images and none is
 *   asked for, INPUT_NOT_FOUND if it lacks the one that is
 */
export function openCoco(file: string, value: object, { imageName, maxPixels }: OpeningOptions): OpenedResult {
	const { image, annotations, categories } = readCoco(file, value, imageName);
	checkPixels(file, image.width, image.height, maxPixels);
	const ids = segmentIds(file, annotations, categories);
	const background = 1 + Math.max(-1, ...ids.values());
	const { width, height } = image;
	const data = allocateLabels(width * height, background + 1).fill(background);
	const map = { data, width, height, count: background + 1, background };
	paintAnnotations(file, annotations, ids, map);
	const used = usedIds(map);
	if (used.length === 0) {
		throw unreadable(file, `no annotation of ${image.name} has a pixel. Open a data set with segmentations.`);
	}
	const named = used.map((id) => ({ id, name: defaultSegmentName(id), color: segmentColor(id) }));
	const names: SegmentNames = new Map(categories.map(({ id, ...given }) => [ids.get(id) ?? 0, given]));
	return {
		labels: data.includes(background) ? map : { data, width, height, count: background },
		segments: applyNames(named, names),
		imageName: image.name,
	};
}

/** The id of each category that is listed or used. */
function segmentIds(
	file: string,
	annotations: CocoFile["annotations"],
	categories: CocoFile["categories"],
): ReadonlyMap<number, number> {
	const all = new Set([...categories.map(({ id }) => id), ...annotations.map(({ category }) => category)]);
	if (all.size > MAX_CATEGORIES) {
		throw unreadable(file, `has ${all.size} categories, at most ${MAX_CATEGORIES} are allowed.`);
	}
	const rising = [...all].sort((a, b) => a - b);
	const fits = rising.every((category) => category >= 1 && category <= MAX_CATEGORIES);
	return new Map(rising.map((category, at) => [category, fits ? category - 1 : at]));
}

function paintAnnotations(
	file: string,
	annotations: readonly CocoAnnotation[],
	ids: ReadonlyMap<number, number>,
	map: LabelMap,
): void {
	let crossings = 0;
	for (const { id, category, polygons, rle } of annotations) {
		const segment = ids.get(category) ?? 0;
		for (const polygon of polygons) {
			crossings += countCrossings(polygon, map.height);
			if (crossings > MAX_CROSSINGS) {
				throw unreadable(file, "its polygons are too long to be filled. Write them as run lengths.");
			}
			fillPolygon(polygon, map, segment);
		}
		if (rle) {
			if (rle.size[0] !== map.height || rle.size[1] !== map.width) {
				throw unreadable(
					file,
					`the mask of annotation ${id} must have ${map.height} rows and ${map.width} columns, got ${rle.size.join(" and ")}.`,
				);
			}
			try {
				paintRle(rle, map.data, segment);
			} catch (error) {
				throw isDinosegError(error) ? unreadable(file, `annotation ${id}: ${error.message}`, error) : error;
			}
		}
	}
}
