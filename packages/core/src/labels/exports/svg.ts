import type { Kernels } from "@dinoseg/kernels";
import { colorToHex } from "../palette.ts";
import { tracePolygons } from "../polygons/index.ts";
import { checkExportImage, type ExportImage } from "./export-image.ts";
import { type PolygonExportOptions, polygonFeatures } from "./polygon-features.ts";
import { checkNames, escapeXml, XML_TEXT } from "./text-rule.ts";
import { createTextWriter } from "./text-writer.ts";
import { xmlIds } from "./xml-ids.ts";

/** Inkscape calls objects by the attribute of this namespace that is `label`. */
const INKSCAPE = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"';

/**
 * A label map as an SVG picture of its own: one path for each segment, or for each region.
 *
 * Convention: user units are pixels, (0, 0) is the upper left corner. Shown at its own size and not simplified, the picture
 * has in each pixel the colour of the segment. Paths have the attributes `id` (made of the name: `tall-grass`, or
 * `tall-grass-7` for region 7), `data-id` (the segment's) and `data-pixels`, and the name as `<title>` and
 * `inkscape:label`.
 *
 * Source: W3C, Scalable Vector Graphics (SVG) 2.
 *
 * @throws DinosegError SHAPE_MISMATCH, OPTION_INVALID if an id has no segment, simplify is out of range or a name has a
 *   character that XML forbids, EXPORT_UNSUPPORTED if the text gets too long.
 */
export function encodeSvg(kernels: Kernels, image: ExportImage, options: PolygonExportOptions = {}): string {
	const { splitRegions = false } = options;
	checkExportImage("encodeSvg", image, kernels.check);
	checkNames("encodeSvg", image, XML_TEXT);
	const { width, height } = image.labels;
	const titles = new Map(image.segments.map(({ id, name }) => [id, escapeXml(name)]));
	const ids = xmlIds(image.segments);
	const polygons = tracePolygons(kernels, image.labels, options);
	const text = createTextWriter(image.file, "SVG", kernels.check);
	const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
	text.write(`<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" ${INKSCAPE} ${size}>\n`);
	for (const { id, segment, regions, pixels } of polygonFeatures(image.segments, polygons, splitRegions)) {
		text.write(
			`<path id="${ids.get(segment.id)}${splitRegions ? `-${id}` : ""}" data-id="${segment.id}" data-pixels="${pixels}" inkscape:label="${titles.get(segment.id)}"`,
		);
		text.write(` fill="${colorToHex(segment.color)}" fill-rule="evenodd" shape-rendering="crispEdges" d="`);
		for (let index = 0; index < regions.length; index++) {
			for (const ring of polygons.rings(regions[index])) {
				writeRing(text.write, ring);
			}
		}
		text.write(`"><title>${titles.get(segment.id)}</title></path>\n`);
	}
	text.write("</svg>\n");
	return text.finish();
}

function writeRing(write: (text: string) => void, ring: readonly number[]): void {
	let [x, y] = ring;
	write(`M${x} ${y}`);
	for (let index = 2; index < ring.length; index += 2) {
		const right = ring[index] - x;
		const down = ring[index + 1] - y;
		if (down === 0) {
			write(`h${right}`);
		} else if (right === 0) {
			write(`v${down}`);
		} else {
			write(`l${right}${down < 0 ? "" : " "}${down}`);
		}
		x = ring[index];
		y = ring[index + 1];
	}
	write("z");
}
