import * as z from "zod/mini";
import { DinosegError } from "../errors/index.ts";
import type { SegmentName, SegmentNames } from "../labels/names/index.ts";
import { colorToHex } from "../labels/palette.ts";
import { describeValue } from "../model/describe-value.ts";
import {
	CLUSTERS,
	CODEBOOK_OPTION_KEYS,
	type CodebookOptions,
	checkOption,
	DTYPES,
	formatOption,
	parseOption,
	type Written,
} from "../options/index.ts";
import type { Codebook, CodebookPart } from "./codebook.ts";
import { SAMPLE_CAPACITY } from "./weighted-sample.ts";

/** What a file holds: clusters, or a summary only. */
export const CODEBOOK_SCHEMA = "dinoseg/codebook/1";
export const PART_SCHEMA = "dinoseg/codebook-part/1";

const LONGEST_TEXT = 200;

const text = z.string().check(z.maxLength(LONGEST_TEXT), z.regex(/^\P{Cc}*$/u, "must have no control character"));
const amount = z.number().check(z.minimum(0));
const integer = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

const partShape = {
	model: z.strictObject({
		name: text,
		digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
		revision: z.nullable(text),
		dtype: z.enum(DTYPES),
	}),
	options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
	images: z.int().check(z.minimum(0)),
	dim: integer(1, 16384),
	points: integer(0, 2 ** 32),
	sample: z.strictObject({
		points: integer(0, SAMPLE_CAPACITY.max),
		capacity: integer(SAMPLE_CAPACITY.min, SAMPLE_CAPACITY.max),
		threshold: amount,
	}),
};

const partSchema = z.strictObject(partShape);

const codebookSchema = z.strictObject({
	...partShape,
	clusters: integer(CLUSTERS.min, CLUSTERS.max),
	unlikeDistance: amount,
	pca: z.nullable(z.strictObject({ components: integer(1, 16384), totalVariance: amount })),
	names: z
		.array(
			z.strictObject({
				id: integer(0, CLUSTERS.max),
				name: z.optional(text.check(z.minLength(1))),
				color: z.optional(z.string().check(z.regex(/^#(?!000000)[0-9a-f]{6}$/))),
			}),
		)
		.check(z.maxLength(CLUSTERS.max)),
});

export type PartHeader = z.infer<typeof partSchema>;
export type CodebookHeader = z.infer<typeof codebookSchema>;

/** What is written of a part beside its arrays. */
export function partHeader({ model, options, summary }: CodebookPart): PartHeader {
	const { images, moments, sample } = summary;
	const { name, digest, revision, dtype } = model;
	return {
		model: { name, digest, revision, dtype },
		options: writeCodebookOptions(options),
		images,
		dim: moments.dim,
		points: moments.count,
		sample: { points: sample.points.rows, capacity: sample.capacity, threshold: sample.threshold },
	};
}

/** What is written of a codebook beside its arrays. */
export function codebookHeader(codebook: Codebook): CodebookHeader {
	const { clusters, unlikeDistance, pca, names } = codebook;
	return {
		...partHeader(codebook),
		clusters,
		unlikeDistance,
		pca: pca === undefined ? null : { components: pca.componentCount, totalVariance: pca.totalVariance },
		names: [...names]
			.sort(([a], [b]) => a - b)
			.map(([id, { name, color }]) => ({
				id,
				...(name === undefined ? {} : { name }),
				...(color === undefined ? {} : { color: colorToHex(color) }),
			})),
	};
}

/**
 * @param json of a part.
 * @throws DinosegError CODEBOOK_INVALID
 */
export function parsePartHeader(json: string, file: string): PartHeader {
	return parseHeader(partSchema, json, file);
}

/** @throws DinosegError CODEBOOK_INVALID */
export function parseCodebookHeader(json: string, file: string): CodebookHeader {
	return parseHeader(codebookSchema, json, file);
}

function parseHeader<T>(schema: z.ZodMiniType<T>, json: string, file: string): T {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch (cause) {
		throw invalidCodebook(file, "the description is not JSON", { cause });
	}
	const result = schema.safeParse(value, { error: z.locales.en().localeError });
	if (!result.success) {
		const [issue] = result.error.issues;
		const field = issue.path.map(String).join(".");
		throw invalidCodebook(
			file,
			`${field === "" ? "the description" : describeValue(field)}: ${describeValue(issue.message)}`,
			{
				field,
			},
		);
	}
	return result.data;
}

/** Every option that decides a codebook, as it is written. */
export function writeCodebookOptions(options: CodebookOptions): Record<string, Written> {
	return Object.fromEntries(CODEBOOK_OPTION_KEYS.map((key) => [key, formatOption(key, options[key])]));
}

/** @throws DinosegError CODEBOOK_INVALID for an option that is missing, wrong or unknown. */
export function readCodebookOptions(written: Readonly<Record<string, Written>>, file: string): CodebookOptions {
	const unknown = Object.keys(written).find((key) => !CODEBOOK_OPTION_KEYS.some((known) => known === key));
	if (unknown !== undefined) {
		throw invalidCodebook(file, `the option ${describeValue(unknown)} is not known`, { field: "options" });
	}
	const read = CODEBOOK_OPTION_KEYS.map((key) => {
		if (!Object.hasOwn(written, key)) {
			throw invalidCodebook(file, `the option ${key} is missing`, { field: `options.${key}` });
		}
		try {
			const value = parseOption(key, String(written[key]));
			checkOption(key, value);
			return [key, value] as const;
		} catch (cause) {
			const problem = `the option ${key} has the value ${describeValue(written[key])}, which is not allowed`;
			throw invalidCodebook(file, problem, { field: `options.${key}`, cause });
		}
	});
	return Object.fromEntries(read) as unknown as CodebookOptions;
}

/** @throws DinosegError CODEBOOK_INVALID for two equal ids, names or colours, and for ids beyond the clusters. */
export function readCodebookNames({ names, clusters }: CodebookHeader, file: string): SegmentNames {
	const read = new Map<number, SegmentName>();
	const claimed = new Set<string>();
	for (const { id, name, color } of names) {
		if (id >= clusters) {
			throw invalidCodebook(file, `a name is for the id ${id} of ${clusters} clusters`, { field: "names" });
		}
		for (const claim of [`id ${id}`, name && `name ${name}`, color && `color ${color}`]) {
			if (claim && claimed.has(claim)) {
				throw invalidCodebook(file, `two names have the ${describeValue(claim)}`, { field: "names" });
			}
			claimed.add(claim ?? "");
		}
		const value = color === undefined ? undefined : Number.parseInt(color.slice(1), 16);
		read.set(id, {
			...(name === undefined ? {} : { name }),
			...(value === undefined ? {} : { color: [value >> 16, (value >> 8) & 255, value & 255] as const }),
		});
	}
	return read;
}

/** What is wrong with the file of a codebook. */
export function invalidCodebook(
	file: string,
	problem: string,
	{ field, cause }: { readonly field?: string; readonly cause?: unknown } = {},
): DinosegError {
	return new DinosegError(
		"CODEBOOK_INVALID",
		`${file}: ${problem}. The file is damaged, or not a codebook of this version of dinoseg: copy it again, or make it anew.`,
		{ details: { file, ...(field ? { field } : {}) }, cause },
	);
}
