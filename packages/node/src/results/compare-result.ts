import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import {
	applyNames,
	colorToHex,
	defaultSegmentName,
	type SegmentNames,
	type SegmentsDocument,
	segmentColor,
} from "@dinoseg/core/labels";
import { type ClusterRange, formatClusters, formatOptions, type SegmentationOptions } from "@dinoseg/core/options";
import { type AppliedBook, type ModelIdentity, RESULT_MARKER } from "@dinoseg/core/result";
import { hashBytes, readInput } from "../image/index.ts";
import type { NamedBytes } from "../segmenter/decoder.ts";
import { ownName, parseMarker, readMarker } from "./read-result.ts";

/** What a result is to be made of. */
export interface WantedResult {
	/** Path of the image, or its bytes. */
	readonly input: string | Uint8Array | NamedBytes;
	/** Digest of its bytes. @default not known yet */
	readonly sha256?: string | undefined;
	readonly model: Pick<ModelIdentity, "name" | "digest" | "dtype">;
	readonly options: SegmentationOptions;
	readonly names: SegmentNames;
	/** The numbers that a sheet is to show. A result with a sheet is wanted too where none is asked for. */
	readonly sweep: ClusterRange | undefined;
	/** The codebook whose clusters the segments are to be. @default clusters of the picture's own */
	readonly codebook?: Pick<AppliedBook, "digest" | "steady"> | undefined;
	/** A result of other bytes of a file of the same name, wanted but for them, counts as none. @default false */
	readonly replacesOlder?: boolean;
}

/**
 * The manifest of the result in a folder if it is the wanted one: made from the same bytes, with the same options,
 * weights and names. The model's name, the version of dinoseg and the limit of pixels do not count.
 *
 * @param read the bytes of the manifest in the folder, or nothing where it has none. Default: from the disk.
 * @returns nothing if the folder holds no result.
 * @throws DinosegError OUTPUT_EXISTS that names what differs; of reading the image; what `read` throws
 */
export async function findWantedResult(
	folder: string,
	wanted: WantedResult,
	read: (folder: string) => Promise<Uint8Array | undefined> = readFromDisk,
): Promise<SegmentsDocument | undefined> {
	const marker = await read(folder);
	if (marker === undefined) {
		return undefined;
	}
	const sha256 = wanted.sha256 ?? (await digestOf(wanted.input));
	const document = parseThere(folder, marker);
	const differences = differencesOf(document, wanted);
	if (document.input.sha256 !== sha256) {
		if (wanted.replacesOlder && differences.length === 0 && isOlder(document, wanted.input)) {
			return undefined;
		}
		differences.unshift("the image has other bytes now");
	}
	if (differences.length > 0) {
		throw exists(folder, `that differs from what is asked for: ${differences.join(", ")}`);
	}
	return document;
}

async function readFromDisk(folder: string): Promise<Uint8Array | undefined> {
	return (await hasResult(folder))
		? readMarker(folder).catch((cause) => Promise.reject(unreadable(folder, cause)))
		: undefined;
}

function parseThere(folder: string, marker: Uint8Array): SegmentsDocument {
	try {
		return parseMarker(`${folder}/${RESULT_MARKER}`, marker);
	} catch (cause) {
		throw unreadable(folder, cause);
	}
}

function unreadable(folder: string, cause: unknown): DinosegError {
	return exists(folder, `that cannot be read (${(cause as Error).message})`, cause);
}

/** Whether a result was made from a file of the same name. */
function isOlder(document: SegmentsDocument, input: WantedResult["input"]): boolean {
	const name = typeof input === "string" || input instanceof Uint8Array ? input : input.name;
	return typeof name === "string" && ownName(document) === basename(name);
}

async function digestOf(input: WantedResult["input"]): Promise<string> {
	if (typeof input === "string") {
		return (await readInput(input)).sha256;
	}
	return hashBytes(input instanceof Uint8Array ? input : input.bytes).sha256;
}

/**
 * Throw if a folder holds a complete result.
 *
 * @throws DinosegError OUTPUT_EXISTS
 */
export async function checkNoResult(folder: string): Promise<void> {
	if (await hasResult(folder)) {
		throw exists(folder, `(${RESULT_MARKER})`);
	}
}

async function hasResult(folder: string): Promise<boolean> {
	return access(join(folder, RESULT_MARKER)).then(
		() => true,
		() => false,
	);
}

/** What differs but for the image, in words, the stored value first. */
function differencesOf(document: SegmentsDocument, wanted: WantedResult): string[] {
	const differences: string[] = [];
	const { name, digest, dtype } = document.model;
	if (digest !== wanted.model.digest) {
		differences.push(
			name === wanted.model.name
				? `the weights of the model ${name} are others now`
				: `${optionName("model")} ${name} there, ${wanted.model.name} now`,
		);
	}
	if (dtype !== wanted.model.dtype) {
		differences.push(`${optionName("dtype")} ${dtype} there, ${wanted.model.dtype} now`);
	}
	const [book, wantedBook] = [document.codebook, wanted.codebook];
	if (book?.digest !== wantedBook?.digest) {
		differences.push(`${optionName("codebook")} ${book?.digest ?? "none"} there, ${wantedBook?.digest ?? "none"} now`);
	} else if (book?.steady !== wantedBook?.steady) {
		differences.push(
			`${optionName("frames")} ${book?.steady ? "steady" : "not steady"} there, ${wantedBook?.steady ? "steady" : "not steady"} now`,
		);
	}
	if (document.edited) {
		differences.push("segments were changed by hand there");
	}
	const now = formatOptions(wanted.options);
	for (const key of Object.keys(now) as (keyof typeof now)[]) {
		// A limit decides whether there is a result, not which.
		if (key !== "maxPixels" && document.options[key] !== now[key]) {
			differences.push(`${optionName(key)} ${document.options[key]} there, ${now[key]} now`);
		}
	}
	if (differences.length === 0 && !hasNames(document, wanted.names)) {
		differences.push(`names or colours of ${optionName(wanted.codebook === undefined ? "names" : "codebook")}`);
	}
	const range = wanted.sweep && formatClusters(wanted.sweep);
	if (range !== undefined && document.sweep !== range) {
		differences.push(`${optionName("sweep")} ${document.sweep ?? "none"} there, ${range} now`);
	}
	return differences;
}

/** Whether the segments are called and coloured as the names say, or by default. */
function hasNames({ segments }: SegmentsDocument, names: SegmentNames): boolean {
	const defaults = segments.map(({ id }) => ({ id, name: defaultSegmentName(id), color: segmentColor(id) }));
	return applyNames(defaults, names).every(
		({ name, color }, index) => name === segments[index].name && colorToHex(color) === segments[index].color,
	);
}

function exists(folder: string, which: string, cause?: unknown): DinosegError {
	return new DinosegError(
		"OUTPUT_EXISTS",
		`${folder}: holds a result already ${which}. Use ${optionName("force")} to replace it, or another output folder.`,
		{ cause },
	);
}
