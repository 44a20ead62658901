import { isDinosegError } from "../errors/index.ts";
import { describeValue } from "../model/describe-value.ts";
import { parseSafetensors, type SafetensorsHeader } from "../model/safetensors.ts";
import type { Codebook, CodebookPart } from "./codebook.ts";
import {
	CODEBOOK_SCHEMA,
	type CodebookHeader,
	invalidCodebook,
	PART_SCHEMA,
	type PartHeader,
	parseCodebookHeader,
	parsePartHeader,
	readCodebookNames,
	readCodebookOptions,
} from "./codebook-header.ts";
import type { FitSummary } from "./fit-summary.ts";
import { createTensorReader, isFiniteValue, isPositive, isShare, type TensorReader } from "./tensor-reader.ts";
import { compareEntries, type SampleEntries, type WeightedSample } from "./weighted-sample.ts";

/** Largest magnitude of an exact sum's high part, and what its low part stays below. */
const LARGEST_HIGH = 2 ** 53;
const LOW_END = 2 ** 52;
/** By how much shares may miss 1 by rounding. */
const SHARE_SLACK = 1e-9;
/** Elements of points: those of moments are smaller. */
const LARGEST_ELEMENT = 2 ** 10;

/**
 * Read the file of a codebook. Nothing in it is believed before it is checked: every length, shape, range and order.
 *
 * @param file name for messages.
 * @throws DinosegError CODEBOOK_INVALID that names the file, the field and what is wrong.
 */
export function decodeCodebook(bytes: Uint8Array, file = "decodeCodebook"): Codebook {
	const { metadata, tensors } = readContainer(bytes, file, CODEBOOK_SCHEMA);
	const header = parseCodebookHeader(metadata.get("description") ?? "", file);
	const read = createTensorReader(bytes, tensors, file);
	const part = readPart(header, read, file);
	const clusters = readClusters(header, read, file);
	read.end();
	return { ...part, ...clusters, names: readCodebookNames(header, file) };
}

/** Read the file of a part. @param file name for messages. @throws DinosegError CODEBOOK_INVALID */
export function decodeCodebookPart(bytes: Uint8Array, file = "decodeCodebookPart"): CodebookPart {
	const { metadata, tensors } = readContainer(bytes, file, PART_SCHEMA);
	const read = createTensorReader(bytes, tensors, file);
	const part = readPart(parsePartHeader(metadata.get("description") ?? "", file), read, file);
	read.end();
	return part;
}

function readContainer(bytes: Uint8Array, file: string, schema: string): SafetensorsHeader {
	let header: SafetensorsHeader;
	try {
		header = parseSafetensors(bytes, bytes.length, file);
	} catch (cause) {
		if (isDinosegError(cause)) {
			throw invalidCodebook(file, "it is not a safetensors file", { cause });
		}
		throw cause;
	}
	const found = header.metadata.get("schema");
	if (found !== schema) {
		throw invalidCodebook(file, `the schema must be ${schema}, got ${describeValue(found ?? "none")}`, {
			field: "schema",
		});
	}
	return header;
}

function readPart(header: PartHeader, read: TensorReader, file: string): CodebookPart {
	return {
		model: header.model,
		options: readCodebookOptions(header.options, file),
		summary: readSummary(header, read, file),
	};
}

function readSummary({ images, dim, points, sample }: PartHeader, read: TensorReader, file: string): FitSummary {
	const isHigh = (value: number) => Number.isInteger(value) && Math.abs(value) <= LARGEST_HIGH;
	const isLow = (value: number) => Number.isInteger(value) && value >= 0 && value < LOW_END;
	const sums = (name: string, length: number) => ({
		high: read.float64(`moments.${name}.high`, [length], isHigh),
		low: read.float64(`moments.${name}.low`, [length], isLow),
	});
	const summary = {
		images,
		moments: { count: points, dim, sums: sums("sums", dim), products: sums("products", (dim * (dim + 1)) / 2) },
		sample: {
			points: {
				data: read.float32("sample.points", [sample.points, dim], (value) => Math.abs(value) <= LARGEST_ELEMENT),
				rows: sample.points,
				cols: dim,
			},
			weights: read.float64("sample.weights", [sample.points], isPositive),
			priorities: read.float64("sample.priorities", [sample.points], isPositive),
			threshold: sample.threshold,
			capacity: sample.capacity,
		},
	};
	checkSample(summary.sample, file);
	return summary;
}

/** Throw unless a sample is one that `SampleSum` could have made. */
function checkSample({ points, weights, priorities, threshold, capacity }: WeightedSample, file: string): void {
	const { data, rows, cols } = points;
	if (rows > capacity || (rows < capacity && threshold > 0)) {
		const problem = `a sample of ${capacity} points has ${rows}, and the threshold ${threshold}`;
		throw invalidCodebook(file, problem, { field: "sample" });
	}
	const entries: SampleEntries = { dim: cols, priorities, weights, points: data, start: (entry) => entry * cols };
	for (let row = 0; row < rows; row++) {
		const inOrder = row === 0 || compareEntries(entries, row - 1, entries, row) <= 0;
		if (!inOrder || priorities[row] < weights[row] || priorities[row] < threshold) {
			throw invalidCodebook(file, `the sample is not in its order at point ${row}`, { field: "sample" });
		}
	}
}

function readClusters(
	{ dim, sample, clusters, unlikeDistance, pca }: CodebookHeader,
	read: TensorReader,
	file: string,
): Omit<Codebook, keyof CodebookPart | "names"> {
	if (clusters > sample.points || (pca !== null && pca.components > dim)) {
		const problem = `${clusters} clusters and ${pca?.components ?? dim} components of ${sample.points} points of ${dim} values`;
		throw invalidCodebook(file, problem, { field: "clusters" });
	}
	const space = pca?.components ?? dim;
	const shares = read.float64("shares", [clusters], isShare);
	const sum = shares.reduce((total, share) => total + share, 0);
	if (Math.abs(sum - 1) > SHARE_SLACK) {
		throw invalidCodebook(file, `the shares must add up to 1, got ${sum}`, { field: "shares" });
	}
	return {
		clusters,
		centroids: read.float64("centroids", [clusters, space], isFiniteValue),
		shares,
		divisors: read.float64("divisors", [space], isPositive),
		unlikeDistance,
		...(pca === null
			? {}
			: {
					pca: {
						mean: read.float64("pca.mean", [dim], isFiniteValue),
						components: read.float64("pca.components", [space, dim], (value) => Math.abs(value) <= 1 + SHARE_SLACK),
						componentCount: space,
						dim,
						explainedVariance: read.float64("pca.variance", [space], (value) => value >= 0 && isFiniteValue(value)),
						explainedVarianceRatio: read.float64("pca.variance_ratio", [space], isShare),
						totalVariance: pca.totalVariance,
					},
				}),
	};
}
