import * as z from "zod/mini";
import { DinosegError } from "../errors/index.ts";
import {
	clusterRangeKind,
	DTYPES,
	LENGTH_UNITS,
	type LengthUnit,
	OPTIONS,
	type Written,
	type WrittenOptions,
} from "../options/index.ts";
import { writtenSchema } from "./written-schema.ts";

/** Name and version of the format. A document of another version is refused. */
export const SEGMENTS_SCHEMA_ID = "dinoseg/segments/2";

/** Of the messages: the small build of the library has none by itself. */
const ENGLISH = { error: z.locales.en().localeError };

const count = z.int().check(z.minimum(1));
const natural = z.int().check(z.minimum(0));
const positive = z.number().check(z.gt(0));
const share = z.number().check(z.minimum(0), z.maximum(1));
const text = z.string().check(z.minLength(1));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const hexColor = z.string().check(z.regex(/^#[0-9a-f]{6}$/));
const listOf = <T extends z.ZodMiniType>(item: T) => z.readonly(z.array(item));

const georeferenceSchema = z.strictObject({
	/** Coefficients a to f of `Georeference`. */
	transform: z.readonly(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()])),
	crs: z.nullable(z.string().check(z.regex(/^EPSG:\d+$/))),
	/** `GeoKeys`; absent where the file has none. */
	geoKeys: z.optional(
		z.strictObject({
			directory: listOf(z.int().check(z.minimum(0), z.maximum(65535))),
			doubles: listOf(z.number()),
			text: z.string(),
		}),
	),
});

const inputSchema = z.strictObject({
	/** As the user named it, or below the folder that was given; never absolute. Null when bytes were given. */
	path: z.nullable(z.string().check(z.regex(/^(?!\/|\\|[A-Za-z]:[/\\])./))),
	sha256,
	width: count,
	height: count,
	/** Number of the page, from 1; absent where the file has one picture. */
	page: z.optional(count),
	/** The sample values that became black and white; absent where the samples were not stretched. */
	stretch: z.optional(z.strictObject({ black: z.number(), white: z.number() })),
	/** Where the pixels lie on a map; absent where the file does not say it. */
	georeference: z.optional(georeferenceSchema),
	/** What a pixel shows, as the file or an option says; absent where neither does. */
	pixelSize: z.optional(
		z.strictObject({
			width: positive,
			height: positive,
			unit: z.enum(Object.keys(LENGTH_UNITS) as [LengthUnit, ...LengthUnit[]]),
		}),
	),
	/** The id of the pixels without data, which no segment has, and how many they are; absent where every pixel has data. */
	noData: z.optional(z.strictObject({ id: z.int().check(z.minimum(1), z.maximum(65535)), pixels: count })),
});

const modelSchema = z.strictObject({
	name: text,
	/** SHA-256 of the weights. */
	digest: sha256,
	/** Commit of the hub's repository; null for the bundled model and for local folders. */
	revision: z.nullable(text),
	dtype: z.enum(DTYPES),
});

/** Every option as `formatOptions` writes it. */
const optionsSchema = z.strictObject(
	Object.fromEntries(Object.entries(OPTIONS).map(([key, { kind }]) => [key, writtenSchema(kind.written)])) as {
		[K in keyof WrittenOptions]: z.ZodMiniType<Written>;
	},
);

/**
 * The token grid, and the tokens whose length is an outlier as the network gives them, before any repair: how many, above
 * which length, and where.
 */
const tokensSchema = z.strictObject({
	rows: count,
	cols: count,
	dim: count,
	highNorm: z.strictObject({
		count: natural,
		threshold: z.number().check(z.minimum(0)),
		at: listOf(z.readonly(z.tuple([natural, natural]))),
	}),
});

/**
 * How many segments: clusters, or regions. `criterion` and `curve` are null when their number was given. A
 * cluster that won no pixel has no segment.
 */
const clustersSchema = z.strictObject({
	requested: writtenSchema(OPTIONS.clusters.kind.written),
	used: count,
	criterion: z.nullable(z.enum(["separation", "detail"])),
	curve: z.nullable(listOf(z.strictObject({ clusters: count, value: z.number() }))),
});

/** One value per component in both lists, the largest first. */
const pcaSchema = z.strictObject({
	components: count,
	explainedVariance: listOf(z.number().check(z.minimum(0))),
	explainedVarianceRatio: listOf(share),
});

const segmentSchema = z.strictObject({
	id: z.int().check(z.minimum(0), z.maximum(65535)),
	/** `segment-<id>` until someone names it. */
	name: text,
	color: hexColor,
	pixels: count,
	share: z.number().check(z.gt(0), z.maximum(1)),
	/** In squares of the unit of `input.pixelSize`; absent without it. */
	area: z.optional(positive),
	/** x, y, width, height in pixels of the original. */
	bbox: z.readonly(z.tuple([natural, natural, count, count])),
	/** Mean of the pixels' centres, x and y; that of the first pixel of the picture is (0.5, 0.5). */
	centroid: z.readonly(z.tuple([positive, positive])),
	meanColor: hexColor,
	/** COCO's compressed run lengths, column-major; size is height, width. */
	rle: z.strictObject({ size: z.readonly(z.tuple([count, count])), counts: text }),
});

/** What `segments.json` holds. Unknown keys are refused. */
const segmentsSchema = z.strictObject({
	schema: z.literal(SEGMENTS_SCHEMA_ID),
	/** Version of dinoseg that wrote the document. */
	dinoseg: text,
	input: inputSchema,
	model: modelSchema,
	options: optionsSchema,
	tokens: tokensSchema,
	k: clustersSchema,
	/** The numbers that `sweep.png` was asked to show, as `--sweep` takes them; null without that file. */
	sweep: z.nullable(writtenSchema(clusterRangeKind.written)),
	/**
	 * The codebook that the ids are those of, and the share of the picture that is unlike all that it was fitted to; null
	 * where the picture has clusters of its own.
	 */
	codebook: z.nullable(z.strictObject({ digest: sha256, clusters: count, unlike: share, steady: z.boolean() })),
	/**
	 * True where somebody changed pixels of the segments by hand after the picture was segmented as `options` says: then
	 * `k.used` counts the segments that there are now, and no options make them again. Absent elsewhere.
	 */
	edited: z.optional(z.literal(true)),
	/** Null when PCA was off. */
	pca: z.nullable(pcaSchema),
	/** By rising id; ids without a pixel are left out. */
	segments: z.readonly(z.array(segmentSchema).check(z.minLength(1))),
	warnings: listOf(z.strictObject({ code: z.string().check(z.regex(/^[A-Z][A-Z0-9_]*$/)), message: z.string() })),
});

/** The parsed `segments.json`. */
export type SegmentsDocument = z.infer<typeof segmentsSchema>;

/** One entry of `SegmentsDocument.segments`. */
export type SegmentEntry = SegmentsDocument["segments"][number];

/** The format as JSON Schema, draft 2020-12. */
export function segmentsJsonSchema(): Record<string, unknown> {
	return { ...z.toJSONSchema(segmentsSchema), title: SEGMENTS_SCHEMA_ID };
}

/**
 * The text of `segments.json`: keys in the order of the schema, tabs, lists of plain values on one line, newline at the
 * end. The same document gives the same bytes.
 *
 * @throws DinosegError OPTION_INVALID if the document does not follow the schema.
 */
export function serialiseSegments(document: SegmentsDocument): string {
	const checked = segmentsSchema.safeParse(document, ENGLISH);
	if (!checked.success) {
		throw new DinosegError(
			"OPTION_INVALID",
			`serialiseSegments: the document must follow ${SEGMENTS_SCHEMA_ID}, got: ${z.prettifyError(checked.error)}`,
			{ cause: checked.error },
		);
	}
	return `${print(checked.data, "")}\n`;
}

function print(value: unknown, indent: string): string {
	if (typeof value !== "object" || value === null) {
		return JSON.stringify(value);
	}
	const inner = `${indent}\t`;
	if (Array.isArray(value)) {
		const isPlain = value.every((item) => typeof item !== "object" || item === null);
		const items = value.map((item) => print(item, inner));
		return isPlain ? `[${items.join(", ")}]` : `[\n${items.map((item) => inner + item).join(",\n")}\n${indent}]`;
	}
	const lines = Object.entries(value)
		.filter(([, item]) => item !== undefined)
		.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${print(item, inner)}`);
	return `{\n${lines.join(",\n")}\n${indent}}`;
}

/**
 * Read a `segments.json`.
 *
 * @throws DinosegError OPTION_INVALID if the text is no JSON or does not follow the schema.
 */
export function parseSegments(text: string): SegmentsDocument {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw new DinosegError("OPTION_INVALID", "parseSegments: the text is no JSON. Pass a whole segments.json.", {
			cause,
		});
	}
	const checked = segmentsSchema.safeParse(value, ENGLISH);
	if (!checked.success) {
		throw new DinosegError(
			"OPTION_INVALID",
			`parseSegments: the document must follow ${SEGMENTS_SCHEMA_ID}, got: ${z.prettifyError(checked.error)}`,
			{ cause: checked.error },
		);
	}
	return checked.data;
}
