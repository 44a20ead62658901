import { DinosegError } from "@dinoseg/core/errors";
import type { ExportOptions } from "@dinoseg/core/labels";
import { EXPORT_FORMAT_NAMES, type ExportFormatName, FORMAT_RECORDS } from "@dinoseg/core/labels/formats";
import { InvalidArgumentError, Option } from "commander";
import { parseNumber } from "../flags/count-flag.ts";
import { namesFlag } from "../flags/names-flag.ts";
import { argumentOf, optionFlag } from "../flags/option-flags.ts";
import { parsePick } from "../flags/parse-pick.ts";
import { jsonFlag, nonEmpty, quietFlag } from "../flags/run-flags.ts";

export interface ExportFlags {
	readonly format: ExportFormatName;
	readonly output?: string;
	readonly names?: string;
	readonly splitRegions?: boolean;
	readonly simplify?: number;
	readonly imagePrefix?: string;
	readonly polygons?: boolean;
	readonly pick?: readonly string[];
	readonly fullSize?: boolean;
	readonly images?: string;
	readonly maxPixels?: number;
	readonly force?: boolean;
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** The flags that set options which not every format takes. */
const FORMAT_FLAGS = {
	splitRegions: "--split-regions",
	simplify: "--simplify",
	imagePrefix: "--image-prefix",
	polygons: "--polygons",
	pick: "--pick",
	fullSize: "--full-size",
} as const satisfies Partial<Record<keyof ExportOptions, string>>;

/** Pixels. */
const SIMPLIFY = { min: 0, max: 1000 };

export const exportFlags = (): Option[] => [
	// After choices, so that the help lists them.
	new Option("--format <name>", "format to write")
		.choices(EXPORT_FORMAT_NAMES)
		.argParser(parseFormat)
		.makeOptionMandatory(),
	new Option(
		"-o, --output <path>",
		"file or folder to write (default: in the folder of results; segments.svg and the like beside each result)",
	).argParser(nonEmpty),
	namesFlag(),
	new Option(
		FORMAT_FLAGS.splitRegions,
		`an entry for each connected region in place of one for each segment (${takers("splitRegions")})`,
	),
	new Option(FORMAT_FLAGS.polygons, `polygons in place of run lengths; holes are filled (${takers("polygons")})`),
	new Option(
		`${FORMAT_FLAGS.simplify} <pixels>`,
		`how far outlines may move, ${SIMPLIFY.min} to ${SIMPLIFY.max}; neighbours stay joined (${takers("simplify")}; default: 0)`,
	).argParser(argumentOf(parseSimplify)),
	new Option(
		`${FORMAT_FLAGS.imagePrefix} <text>`,
		`what stands before the path of each image (${takers("imagePrefix")}; default: /data/local-files/?d=)`,
	),
	new Option(
		`${FORMAT_FLAGS.pick} <segments>`,
		`ids or names of the segments to write, with commas between them (${takers("pick")}; default: all)`,
	).argParser(parsePick),
	new Option(FORMAT_FLAGS.fullSize, `as large as the photograph, not cropped to the segment (${takers("fullSize")})`),
	new Option(
		"--images <folder>",
		"folder of the photographs (cutouts; voc and yolo, to put them into the data set; csv with --split-regions, for the mean colours of connected regions)",
	).argParser(nonEmpty),
	optionFlag("maxPixels"),
	new Option("-f, --force", "replace what is there already"),
	jsonFlag("print one JSON document about the run to stdout"),
	quietFlag(),
];

/**
 * Throw if a flag is given that the format does not take.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkExportFlags(flags: ExportFlags): void {
	const { format } = flags;
	const taken: readonly (keyof ExportOptions)[] = FORMAT_RECORDS[format].options;
	for (const [option, flag] of Object.entries(FORMAT_FLAGS)) {
		const key = option as keyof typeof FORMAT_FLAGS;
		if (flags[key] !== undefined && !taken.includes(key)) {
			throw new DinosegError(
				"OPTION_INVALID",
				`${flag} means nothing for --format ${format}; it is for ${takers(key)}. Leave it away.`,
			);
		}
	}
	if (flags.simplify !== undefined && format === "coco" && !flags.polygons) {
		throw new DinosegError(
			"OPTION_INVALID",
			"--simplify means nothing for the run lengths of --format coco. Add --polygons, or leave it away.",
		);
	}
	const takesImages = format === "cutouts" || holdsPhotographs(format) || (format === "csv" && flags.splitRegions);
	if (flags.images !== undefined && !takesImages) {
		throw new DinosegError(
			"OPTION_INVALID",
			"--images is for --format cutouts, voc and yolo, and for --format csv with --split-regions. Leave it away.",
		);
	}
	if (flags.images === undefined && format === "cutouts") {
		throw new DinosegError(
			"OPTION_INVALID",
			"--format cutouts needs the photographs: name the folder that was segmented, --images photos.",
		);
	}
}

/** Whether a data set of the format holds the photographs too, as JPEG, where they are given. */
export function holdsPhotographs(format: ExportFormatName): boolean {
	return format === "voc" || format === "yolo";
}

/** The formats that take an option. */
function takers(option: keyof ExportOptions): string {
	return EXPORT_FORMAT_NAMES.filter((name) => {
		const taken: readonly (keyof ExportOptions)[] = FORMAT_RECORDS[name].options;
		return taken.includes(option);
	}).join(", ");
}

function parseFormat(text: string): ExportFormatName {
	const name = EXPORT_FORMAT_NAMES.find((known) => known === text.toLowerCase());
	if (name === undefined) {
		throw new InvalidArgumentError(`Allowed choices are ${EXPORT_FORMAT_NAMES.join(", ")}.`);
	}
	return name;
}

function parseSimplify(text: string): number {
	const pixels = parseNumber(text, FORMAT_FLAGS.simplify);
	if (!(pixels >= SIMPLIFY.min && pixels <= SIMPLIFY.max)) {
		throw new InvalidArgumentError(`It must be from ${SIMPLIFY.min} to ${SIMPLIFY.max} pixels.`);
	}
	return pixels;
}
