/** The files that a segmentation can be had as. */
import { DinosegError } from "@dinoseg/core/errors";
import {
	EXPORT_FORMAT_NAMES,
	type ExportFormatName,
	type ExportOptions,
	FORMAT_RECORDS,
	type FormatRecord,
} from "@dinoseg/core/labels/formats";
import type { ResultOutput } from "@dinoseg/core/result";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { invalidRequest } from "./problems.ts";

/** A file as an answer. */
export interface OutputKind {
	readonly mediaType: string;
	readonly description: string;
	/** Name of the file among those of a result. @default it is made for each request */
	readonly file?: string;
}

const PNG = "image/png";
const ZIP = "application/zip";

/** The files of every result, by the name that `format` has for them. */
export const RESULT_KINDS = {
	labels: { mediaType: PNG, file: "labels.png", description: "segment ids as an indexed PNG" },
	overlay: { mediaType: PNG, file: "overlay.png", description: "the colours over the photograph" },
	confidence: { mediaType: PNG, file: "confidence.png", description: "how clearly each pixel's segment won, 0 to 255" },
	figure: { mediaType: PNG, file: "figure.png", description: "four panels: original, blur, patches, segmentation" },
	borders: { mediaType: PNG, file: "borders.png", description: "of regions: how long each border stays, 0 to 255" },
	segments: { mediaType: "application/json", file: "segments.json", description: "all that is known of the segments" },
	cutout: { mediaType: PNG, description: "some segments, transparent elsewhere; without pick the largest" },
} as const satisfies Readonly<Record<string, OutputKind>>;

export type ResultKindName = keyof typeof RESULT_KINDS;
export const RESULT_KIND_NAMES = Object.keys(RESULT_KINDS) as readonly ResultKindName[];

const EXPORT_MEDIA_TYPES: Partial<Readonly<Record<ExportFormatName, string>>> = {
	coco: "application/json",
	"cvat-xml": "application/xml",
	geojson: "application/geo+json",
	svg: "image/svg+xml",
	tiff: "image/tiff",
	npy: "application/octet-stream",
	csv: "text/csv",
};

/** What `format` can be. */
export type OutputName = ResultKindName | ExportFormatName;
export const OUTPUT_NAMES: readonly OutputName[] = [...RESULT_KIND_NAMES, ...EXPORT_FORMAT_NAMES];

/** What an output is, by its name. */
export function outputKind(name: OutputName): OutputKind {
	return isExport(name)
		? { mediaType: EXPORT_MEDIA_TYPES[name] ?? ZIP, description: FORMAT_RECORDS[name].description }
		: RESULT_KINDS[name];
}

/** What is answered to a client that accepts anything, and to `Accept` headers: one name for each media type. */
const BY_MEDIA_TYPE = new Map<string, OutputName>([
	[PNG, "labels"],
	["application/json", "segments"],
	...(["geojson", "svg", "tiff", "csv"] as const).map((name) => [outputKind(name).mediaType, name] as const),
]);

/** Media types by which an output can be chosen. */
const ACCEPTED_TYPES = [...BY_MEDIA_TYPE.keys()];

/**
 * The output that a request asks for: `format`, else the best of `Accept`.
 *
 * @throws DinosegError REQUEST_INVALID, NOT_ACCEPTABLE
 */
export function wantedOutput(context: Context, format: string | undefined): OutputName {
	if (format !== undefined) {
		return checkOutputName(format, OUTPUT_NAMES);
	}
	const type = accepts(context, {
		header: "Accept",
		supports: ACCEPTED_TYPES,
		default: "",
		match: (given, { supports }) => best(given, supports),
	});
	const name = BY_MEDIA_TYPE.get(context.req.header("Accept") === undefined ? PNG : type);
	if (name === undefined) {
		throw new DinosegError(
			"NOT_ACCEPTABLE",
			`Accept must allow one of ${ACCEPTED_TYPES.join(", ")}. Or say format=… in the address.`,
			{ details: { allowed: ACCEPTED_TYPES } },
		);
	}
	return name;
}

interface AcceptedType {
	readonly type: string;
	readonly q: number;
}

/** The first of ours that the most wanted range allows. */
function best(given: readonly AcceptedType[], supports: readonly string[]): string {
	const wanted = [...given].filter(({ q }) => q > 0).sort((a, b) => b.q - a.q);
	for (const { type } of wanted) {
		const [main, sub] = type.split("/");
		const found = supports.find((own) => type === "*/*" || own === type || (sub === "*" && own.startsWith(`${main}/`)));
		if (found !== undefined) {
			return found;
		}
	}
	return "";
}

/** @throws DinosegError REQUEST_INVALID */
export function checkOutputName<Name extends string>(given: string, allowed: readonly Name[]): Name {
	const name = allowed.find((each) => each === given);
	if (name === undefined) {
		throw invalidRequest(`format must be one of ${allowed.join(", ")}, got ${JSON.stringify(given)}.`, {
			format: given,
		});
	}
	return name;
}

/** The parameters that say more about an output, and what each does. */
export const OUTPUT_PARAMETERS = {
	pick: "masks, cutouts, cutout: ids or names of the segments to take, with commas between them",
	splitRegions: "an entry for each connected region (true, false)",
	simplify: "how far outlines may move, pixels",
	polygons: "coco: polygons in place of run lengths (true, false)",
	fullSize: "cutouts: as large as the photograph (true, false)",
	palette: "voc: the colours that Pascal VOC gives to indices, or the segments' own (voc, segments)",
	imagePrefix: "label-studio: what stands before the path of the photograph",
	file: "path by which an export calls the photograph",
} as const;

type OutputParameter = keyof typeof OUTPUT_PARAMETERS;
export const OUTPUT_QUERY_KEYS = Object.keys(OUTPUT_PARAMETERS) as readonly OutputParameter[];

/** What an address says about an output, beside its name. */
export type OutputQuery = { readonly [K in OutputParameter]?: string | undefined };

/**
 * What the segmenter is asked for.
 *
 * @throws DinosegError REQUEST_INVALID for a parameter that the output does not take, or a wrong value
 */
export function resultOutput(name: OutputName, query: OutputQuery): ResultOutput {
	const { file, ...given } = query;
	const takes: readonly string[] = isExport(name)
		? (FORMAT_RECORDS[name] as FormatRecord).options
		: name === "cutout"
			? ["pick"]
			: [];
	for (const [key, value] of Object.entries(given)) {
		if (value !== undefined && !takes.includes(key)) {
			throw invalidRequest(`${key} decides nothing about ${name}. Leave it away.`, { parameter: key });
		}
	}
	if (file !== undefined && !isExport(name)) {
		throw invalidRequest(`file decides nothing about ${name}. Leave it away.`, { parameter: "file" });
	}
	const options: ExportOptions = {
		pick: readPick(given.pick),
		splitRegions: readSwitch("splitRegions", given.splitRegions),
		polygons: readSwitch("polygons", given.polygons),
		fullSize: readSwitch("fullSize", given.fullSize),
		simplify: readDistance(given.simplify),
		palette: readPalette(given.palette),
		imagePrefix: given.imagePrefix,
	};
	if (isExport(name)) {
		return { export: name, options, file: readFileName(file) };
	}
	if (name === "cutout") {
		return { cutout: { pick: options.pick } };
	}
	return { file: RESULT_KINDS[name].file };
}

function isExport(name: OutputName): name is ExportFormatName {
	return Object.hasOwn(FORMAT_RECORDS, name);
}

function readPick(text: string | undefined): readonly string[] | undefined {
	const entries = text?.split(",").map((entry) => entry.trim());
	if (entries?.includes("")) {
		throw invalidRequest("pick must be ids or names with commas between them, such as 0,2.", { parameter: "pick" });
	}
	return entries;
}

function readSwitch(key: string, text: string | undefined): boolean | undefined {
	if (text !== undefined && text !== "true" && text !== "false") {
		throw invalidRequest(`${key} must be true or false, got ${JSON.stringify(text)}.`, { parameter: key });
	}
	return text === undefined ? undefined : text === "true";
}

/** Pixels that outlines may move. */
const MOST_SIMPLIFY = 1000;

function readDistance(text: string | undefined): number | undefined {
	const value = text === undefined || text.trim() === "" ? undefined : Number(text);
	if (text !== undefined && !(value !== undefined && value >= 0 && value <= MOST_SIMPLIFY)) {
		throw invalidRequest(
			`simplify must be a number of pixels from 0 to ${MOST_SIMPLIFY}, got ${JSON.stringify(text)}.`,
			{
				parameter: "simplify",
			},
		);
	}
	return value;
}

function readPalette(text: string | undefined): ExportOptions["palette"] {
	if (text !== undefined && text !== "voc" && text !== "segments") {
		throw invalidRequest(`palette must be voc or segments, got ${JSON.stringify(text)}.`, { parameter: "palette" });
	}
	return text;
}

/** Whether a text is a relative path that stays where it is put. */
export function isFileName(path: string): boolean {
	return (
		path.length <= 255 &&
		// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
		!/[\\\u0000-\u001f\u007f]/.test(path) &&
		path.split("/").every((part) => !["", ".", ".."].includes(part))
	);
}

function readFileName(text: string | undefined): string | undefined {
	if (text !== undefined && !isFileName(text)) {
		throw invalidRequest("file must be a relative path with forward slashes and without .., at most 255 characters.", {
			parameter: "file",
		});
	}
	return text;
}
