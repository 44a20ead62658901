/** What it takes to write a large label map in every format. */
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { EXPORT_FORMATS, type ExportImage, type ExportOptions, segmentColor } from "@dinoseg/core/labels";
import { EXPORT_FORMAT_NAMES } from "@dinoseg/core/labels/formats";
import { createSegmenter } from "@dinoseg/node/segmenter";
import { writeGrainyPhotograph } from "../fixtures/grainy-photograph.ts";
import { alternate } from "./harness/alternate.ts";
import { formatBytes, formatMilliseconds, markdownTable } from "./harness/markdown.ts";
import { progress } from "./harness/progress.ts";
import { simdKernels } from "./harness/simd-kernels.ts";

const SIZE = { width: 4000, height: 3000 };
const QUICK_SIZE = { width: 200, height: 150 };
export const EXPORT_SEGMENTS = 40;

/** The defaults, and settings that cost more. */
const SETTINGS: readonly { readonly title: string; readonly options: ExportOptions }[] = [
	{ title: "", options: {} },
	{ title: ", `--split-regions`", options: { splitRegions: true } },
	{ title: ", `--simplify 2`", options: { simplify: 2 } },
	{ title: ", `--polygons`", options: { polygons: true } },
];

/** The table of all formats: from a label map in memory to the text or bytes of all files. */
export async function exportsTable(folder: string, isQuick: boolean): Promise<string> {
	const image = await largeImage(folder, isQuick);
	const rows: string[][] = [];
	for (const name of EXPORT_FORMAT_NAMES) {
		const taken: readonly string[] = EXPORT_FORMATS[name].options;
		for (const { title, options } of SETTINGS.filter(({ options }) =>
			// Run lengths of COCO have no outlines to simplify.
			Object.keys(options).every((key) => taken.includes(key) && !(name === "coco" && key === "simplify")),
		)) {
			let bytes = 0;
			const run = async () => {
				const start = performance.now();
				bytes = writeAll(name, image, options);
				return performance.now() - start;
			};
			const [timing] = await alternate([run], isQuick);
			rows.push([`\`${name}\`${title}`, formatMilliseconds(timing.median), formatBytes(bytes)]);
			progress(`exports: ${name}${title}`);
		}
	}
	return markdownTable(["Format", "ms", "Written"], "lrr", rows);
}

/** @returns bytes, or characters of text. */
function writeAll(name: (typeof EXPORT_FORMAT_NAMES)[number], image: ExportImage, options: ExportOptions): number {
	const format = EXPORT_FORMATS[name];
	if (format.holds === "image") {
		return format.encode(simdKernels, image, options).length;
	}
	const writer = format.createWriter(simdKernels, options);
	return [...writer.add(image), ...writer.end()].reduce((sum, { data }) => sum + data.length, 0);
}

/** A photograph that dinoseg cut into many segments, with borders as they are in practice. */
async function largeImage(folder: string, isQuick: boolean): Promise<ExportImage> {
	const { width, height } = isQuick ? QUICK_SIZE : SIZE;
	const path = join(await mkdtemp(join(folder, "exports-")), "photo.jpg");
	await writeGrainyPhotograph(path, width, height);
	const segmenter = await createSegmenter({ cache: false });
	try {
		const { image, labels, segments } = await segmenter.segment(path, { clusters: EXPORT_SEGMENTS });
		const named = segments.map(({ id }) => ({ id, name: `segment-${id}`, color: segmentColor(id) }));
		return { file: "photo.jpg", labels, segments: named, photograph: image };
	} finally {
		await segmenter.dispose();
	}
}
