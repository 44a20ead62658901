import { type Check, checkedParts, type Kernels } from "@dinoseg/kernels";
import { DinosegError } from "../../errors/index.ts";
import { VERSION } from "../../version.ts";
import type { LabelMap } from "../label-map.ts";
import { labelRegions } from "../label-regions.ts";
import { colorToHex } from "../palette.ts";
import { encodeBrushRle } from "./brush-rle.ts";
import { createCategoryTable } from "./category-table.ts";
import type { DataSetWriter, ExportPiece } from "./data-set-writer.ts";
import { checkExportImage, type ExportImage } from "./export-image.ts";
import { type MaskRuns, maskRuns } from "./mask-runs.ts";
import { checkFile, checkNames, escapeXml, type TextRule, XML_TEXT } from "./text-rule.ts";

export interface LabelStudioOptions {
	readonly kernels: Kernels;
	/** A brush region for each connected region, not for each segment. @default false */
	readonly splitRegions?: boolean | undefined;
	/**
	 * What stands before the path of a photograph in the address where Label Studio finds it. The default is its local
	 * storage, whose document root must then be the folder of the photographs.
	 *
	 * @default "/data/local-files/?d="
	 */
	readonly imagePrefix?: string | undefined;
}

const FORMAT = "Label Studio";
const TASKS = "tasks.json";
/** Names of the control and the object tag in the labelling configuration. */
const CONTROL = "segments";
const OBJECT = "image";

/** Parts of the list of tasks. */
const HEAD = 0;
const BODY = 1;
const TAIL = 2;

/** The header of a mask has 32 bits for its number of bytes, four a pixel. */
const MAX_PIXELS = 2 ** 30 - 1;

/** Label Studio takes `$word` in a label for a field of the task. Source: its editor, `utils/data.js`, parseValue. */
const NAME: TextRule = {
	forbidden: new RegExp(`${XML_TEXT.forbidden.source}|\\$[\\w[\\].{}]|^\\s*$`, "u"),
	demand: `${XML_TEXT.demand}, no $ before a letter or digit (Label Studio puts a field of the task there), not empty`,
};
const FILE: TextRule = { forbidden: /\p{Surrogate}/u, demand: "have no halves of a character" };

/**
 * Writes `tasks.json`, whose tasks hold every segment as a brush region of a prediction, and `label-config.xml`, the
 * labelling configuration with the names and colours.
 *
 * Source: labelstud.io/guide/predictions, labelstud.io/tags/brushlabels.
 */
export function createLabelStudioWriter(options: LabelStudioOptions): DataSetWriter {
	const { kernels, splitRegions = false, imagePrefix = "/data/local-files/?d=" } = options;
	const categories = createCategoryTable();
	let tasks = 0;
	return {
		add(image) {
			checkImage(kernels.check, image);
			categories.add(image);
			const { labels, segments, file } = image;
			const names = new Map(segments.map(({ id, name }) => [id, name]));
			const masks = maskRuns(labels, splitRegions ? labelRegions(kernels, labels) : undefined, kernels.check);
			tasks++;
			const data = { [OBJECT]: imagePrefix + file.split("/").map(encodeURIComponent).join("/") };
			return taskPieces(kernels.check, tasks, data, labels, masks, names);
		},
		end() {
			const labels = categories.all().map(({ name, color }) => {
				return `\t\t<Label value="${escapeXml(name)}" background="${colorToHex(color)}"/>\n`;
			});
			const config =
				`<View>\n\t<Image name="${OBJECT}" value="$${OBJECT}" zoom="true" zoomControl="true"/>\n` +
				`\t<BrushLabels name="${CONTROL}" toName="${OBJECT}">\n${labels.join("")}\t</BrushLabels>\n</View>\n`;
			return [
				{ file: TASKS, part: HEAD, data: "[\n" },
				{ file: TASKS, part: TAIL, data: "\n]\n" },
				{ file: "label-config.xml", data: config },
			];
		},
	};
}

/** One task, mask by mask: each takes kilobytes, and noise has millions. */
function* taskPieces(
	check: Check,
	task: number,
	data: object,
	labels: LabelMap,
	masks: readonly MaskRuns[],
	names: ReadonlyMap<number, string>,
): Generator<ExportPiece> {
	const head = `{"data":${JSON.stringify(data)},"predictions":[{"model_version":"dinoseg ${VERSION}","result":[`;
	yield { file: TASKS, part: BODY, data: task > 1 ? `,\n${head}` : head };
	for (const [index, { segment, runs }] of masks.entries()) {
		const fields = JSON.stringify({
			id: `${task}-${index + 1}`,
			type: "brushlabels",
			from_name: CONTROL,
			to_name: OBJECT,
			original_width: labels.width,
			original_height: labels.height,
			image_rotation: 0,
		});
		const value = { format: "rle", brushlabels: [names.get(segment)] };
		const rle = joinBytes(check, encodeBrushRle(runs, labels.data.length, check));
		// The text is put together by hand: a list of numbers would be built for each byte otherwise.
		const result = `${fields.slice(0, -1)},"value":${JSON.stringify(value).slice(0, -1)},"rle":[${rle}]}}`;
		yield { file: TASKS, part: BODY, data: index > 0 ? `,\n${result}` : `\n${result}` };
	}
	yield { file: TASKS, part: BODY, data: "]}]}" };
}

function joinBytes(check: Check, bytes: Uint8Array): string {
	const texts: string[] = [];
	for (const { from, to } of checkedParts(check, bytes.length)) {
		texts.push(bytes.subarray(from, to).join(","));
	}
	return texts.join(",");
}

function checkImage(check: Check, image: ExportImage): void {
	const pixels = image.labels.data.length;
	if (pixels > MAX_PIXELS) {
		throw new DinosegError(
			"EXPORT_UNSUPPORTED",
			`${FORMAT}: a mask must have at most ${MAX_PIXELS} pixels, ${image.file} has ${pixels}. Take another format.`,
			{ details: { pixels, max: MAX_PIXELS } },
		);
	}
	checkExportImage(FORMAT, image, check);
	checkNames(FORMAT, image, NAME);
	checkFile(FORMAT, image, FILE);
}
