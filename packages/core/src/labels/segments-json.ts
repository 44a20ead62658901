import { z } from "zod";
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

const count = z.int().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const hexColor = z.string().regex(/^#[0-9a-f]{6}$/);

const georeferenceSchema = z.strictObject({
	/** Coefficients a to f of `Georeference`. */
	transform: z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]).readonly(),
	crs: z
		.string()
		.regex(/^EPSG:\d+$/)
		.nullable(),
	/** `GeoKeys`; absent where the file has none. */
	geoKeys: z
		.strictObject({
			directory: z.array(z.int().min(0).max(65535)).readonly(),
			doubles: z.array(z.number()).readonly(),
			text: z.string(),
		})
		.optional(),
});

const inputSchema = z.strictObject({
	/** As the user named it, or below the folder that was given; never absolute. Null when bytes were given. */
	path: z
		.string()
		.regex(/^(?!\/|\\|[A-Za-z]:[/\\])./)
		.nullable(),
	sha256,
	width: count,
	height: count,
	/** Number of the page, from 1; absent where the file has one picture. */
	page: count.optional(),
	/** The sample values that became black and white; absent where the samples were not stretched. */
	stretch: z.strictObject({ black: z.number(), white: z.number() }).optional(),
	/** Where the pixels lie on a map; absent where the file does not say it. */
	georeference: georeferenceSchema.optional(),
	/** What a pixel shows, as the file or an option says; absent where neither does. */
	pixelSize: z
		.strictObject({
			width: z.number().gt(0),
			height: z.number().gt(0),
			unit: z.enum(Object.keys(LENGTH_UNITS) as [LengthUnit, ...LengthUnit[]]),
		})
		.optional(),
	/** The id of the pixels without data, which no segment has, and how many they are; absent where every pixel has data. */
	noData: z.strictObject({ id: z.int().min(1).max(65535), pixels: count }).optional(),
});

const modelSchema = z.strictObject({
	name: z.string().min(1),
	/** SHA-256 of the weights. */
	digest: sha256,
	/** Commit of the hub's repository; null for the bundled model and for local folders. */
	revision: z.string().min(1).nullable(),
	dtype: z.enum(DTYPES),
});

/** Every option as `formatOptions` writes it. */
const optionsSchema = z.strictObject(
	Object.fromEntries(Object.entries(OPTIONS).map(([key, { kind }]) => [key, writtenSchema(kind.written)])) as {
		[K in keyof WrittenOptions]: z.ZodType<Written>;
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
		count: z.int().min(0),
		threshold: z.number().min(0),
		at: z.array(z.tuple([z.int().min(0), z.int().min(0)]).readonly()).readonly(),
	}),
});

/**
 * How many segments: clusters, or regions. `criterion` and `curve` are null when their number was given. A
 * cluster that won no pixel has no segment.
 */
const clustersSchema = z.strictObject({
	requested: writtenSchema(OPTIONS.clusters.kind.written),
	used: count,
	criterion: z.enum(["separation", "detail"]).nullable(),
	curve: z
		.array(z.strictObject({ clusters: count, value: z.number() }))
		.readonly()
		.nullable(),
});

/** One value per component in both lists, the largest first. */
const pcaSchema = z.strictObject({
	components: count,
	explainedVariance: z.array(z.number().min(0)).readonly(),
	explainedVarianceRatio: z.array(z.number().min(0).max(1)).readonly(),
});

const segmentSchema = z.strictObject({
	id: z.int().min(0).max(65535),
	/** `segment-<id>` until someone names it. */
	name: z.string().min(1),
	color: hexColor,
	pixels: count,
	share: z.number().gt(0).max(1),
	/** In squares of the unit of `input.pixelSize`; absent without it. */
	area: z.number().gt(0).optional(),
	/** x, y, width, height in pixels of the original. */
	bbox: z.tuple([z.int().min(0), z.int().min(0), count, count]).readonly(),
	/** Mean of the pixels' centres, x and y; that of the first pixel of the picture is (0.5, 0.5). */
	centroid: z.tuple([z.number().gt(0), z.number().gt(0)]).readonly(),
	meanColor: hexColor,
	/** COCO's compressed run lengths, column-major; size is height, width. */
	rle: z.strictObject({ size: z.tuple([count, count]).readonly(), counts: z.string().min(1) }),
});

/** What `segments.json` holds. Unknown keys are refused. */
export const segmentsSchema = z.strictObject({
	schema: z.literal(SEGMENTS_SCHEMA_ID),
	/** Version of dinoseg that wrote the document. */
	dinoseg: z.string().min(1),
	input: inputSchema,
	model: modelSchema,
	options: optionsSchema,
	tokens: tokensSchema,
	k: clustersSchema,
	/** The numbers that `sweep.png` was asked to show, as `--sweep` takes them; null without that file. */
	sweep: writtenSchema(clusterRangeKind.written).nullable(),
	/**
	 * The codebook that the ids are those of, and the share of the picture that is unlike all that it was fitted to; null
	 * where the picture has clusters of its own.
	 */
	codebook: z
		.strictObject({ digest: sha256, clusters: count, unlike: z.number().min(0).max(1), steady: z.boolean() })
		.nullable(),
	/**
	 * True where somebody changed pixels of the segments by hand after the picture was segmented as `options` says: then
	 * `k.used` counts the segments that there are now, and no options make them again. Absent elsewhere.
	 */
	edited: z.literal(true).optional(),
	/** Null when PCA was off. */
	pca: pcaSchema.nullable(),
	/** By rising id; ids without a pixel are left out. */
	segments: z.array(segmentSchema).min(1).readonly(),
	warnings: z.array(z.strictObject({ code: z.string().regex(/^[A-Z][A-Z0-9_]*$/), message: z.string() })).readonly(),
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
	const checked = segmentsSchema.safeParse(document);
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
	const checked = segmentsSchema.safeParse(value);
	if (!checked.success) {
		throw new DinosegError(
			"OPTION_INVALID",
			`parseSegments: the document must follow ${SEGMENTS_SCHEMA_ID}, got: ${z.prettifyError(checked.error)}`,
			{ cause: checked.error },
		);
	}
	return checked.data;
}
