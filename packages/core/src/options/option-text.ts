import { DinosegError } from "../errors/index.ts";
import {
	type ClusterRange,
	type ClustersOption,
	type Criterion,
	type Facet,
	type InputSize,
	type LeavesOption,
	type Metric,
	type MinimumArea,
	type PcaOption,
	type PositionGrid,
	type SegmentationOptions,
	SMOOTHING_METHODS,
	type SmoothingMethod,
	type SmoothingOption,
	type Views,
	type Whitening,
} from "./options.ts";

/**
 * The written form of options, as flags, manifests and requests carry them. Ranges are checked by `resolveOptions`.
 * `name` is how the option is called where the text came from, for the message.
 */

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A number in decimal notation; never NaN or infinite.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseNumber(text: string, name: string): number {
	const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
	if (!Number.isFinite(value)) {
		throw invalid(name, text, "a number");
	}
	return value;
}

/**
 * `6`, `auto`, or a range: `3..20`.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseClusters(text: string, name: string): ClustersOption {
	const trimmed = text.trim();
	if (trimmed === "auto") {
		return "auto";
	}
	if (DECIMAL.test(trimmed)) {
		return Number(trimmed);
	}
	const range = matchRange(trimmed);
	if (range === undefined) {
		throw invalid(name, text, "a number of clusters (6), auto or a range (3..20)");
	}
	return range;
}

/**
 * A range of numbers of clusters: `3..20`.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseClusterRange(text: string, name: string): ClusterRange {
	const range = matchRange(text.trim());
	if (range === undefined) {
		throw invalid(name, text, "a range of numbers of clusters (3..20)");
	}
	return range;
}

/**
 * `518`, or `644x448` for an exact width and height.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseInputSize(text: string, name: string): InputSize {
	const match = /^(\d+)x(\d+)$/i.exec(text.trim());
	if (match) {
		return { width: Number(match[1]), height: Number(match[2]) };
	}
	if (!DECIMAL.test(text.trim())) {
		throw invalid(name, text, "a side in pixels (518) or WIDTHxHEIGHT (644x448)");
	}
	return Number(text);
}

/**
 * `0.99`, `32` or `off`.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parsePca(text: string, name: string): PcaOption {
	if (text.trim() === "off") {
		return "off";
	}
	if (!DECIMAL.test(text.trim())) {
		throw invalid(name, text, "a share of the variance (0.99), a count of components (32) or off");
	}
	return Number(text);
}

/**
 * `24` or `off`.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseLeaves(text: string, name: string): LeavesOption {
	if (text.trim() === "off") {
		return "off";
	}
	if (!DECIMAL.test(text.trim())) {
		throw invalid(name, text, "a count of clusters (24) or off");
	}
	return Number(text);
}

/**
 * `none`, `median`, `majority`, `guided`, `crf`, or a method with its window: `median:15`.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseSmoothing(text: string, name: string): SmoothingOption {
	const [method, window, ...rest] = text.trim().split(":");
	const known = SMOOTHING_METHODS.includes(method as SmoothingMethod);
	if (!known || rest.length > 0 || (window !== undefined && (method === "none" || !/^\d+$/.test(window)))) {
		throw invalid(
			name,
			text,
			`one of ${SMOOTHING_METHODS.join(", ")}, all but none with an odd window if you like (median:15)`,
		);
	}
	return window === undefined
		? { method: method as SmoothingMethod }
		: { method: method as SmoothingMethod, window: Number(window) };
}

/**
 * `500` pixels or `0.1%` of the picture.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseMinimumArea(text: string, name: string): MinimumArea {
	const trimmed = text.trim();
	const isShare = trimmed.endsWith("%");
	const digits = isShare ? trimmed.slice(0, -1) : trimmed;
	if (!DECIMAL.test(digits)) {
		throw invalid(name, text, "a count of pixels (500) or a share of the picture (0.1%)");
	}
	return isShare ? { share: Number(digits) / 100 } : { pixels: Number(digits) };
}

/**
 * `1,99`: the percentiles that become black and white.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseStretch(text: string, name: string): { low: number; high: number } {
	const parts = text.split(",").map((part) => part.trim());
	if (parts.length !== 2 || !parts.every((part) => DECIMAL.test(part))) {
		throw invalid(name, text, "two percentiles, low,high (1,99)");
	}
	return { low: Number(parts[0]), high: Number(parts[1]) };
}

/**
 * `-1`, or several layers: `-4,-1`.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseLayers(text: string, name: string): number[] {
	const parts = text.split(",").map((part) => part.trim());
	if (!parts.every((part) => /^-?\d+$/.test(part))) {
		throw invalid(name, text, "layer numbers, 0-based or negative from the end, separated by commas (-1 or -4,-1)");
	}
	return parts.map(Number);
}

/** The options as a manifest holds them. */
export interface OptionsText {
	readonly clusters: number | string;
	readonly criterion: Criterion;
	readonly leaves: LeavesOption;
	readonly granularity?: number;
	readonly inputSize: number | string;
	readonly median: number;
	readonly pca: number | "off";
	readonly denoise: number;
	readonly whiten: Whitening;
	readonly position: number;
	readonly smooth: string;
	readonly minArea: number | string;
	readonly facet: Facet;
	readonly layer: string;
	readonly stride?: number;
	readonly views: Views;
	readonly positionGrid: PositionGrid;
	readonly repair: boolean;
	readonly debias: boolean;
	readonly metric: Metric;
	readonly restarts: number;
	readonly seed: number;
	readonly stretch?: string;
	readonly maxPixels: number;
}

/** A number as such, else `auto` or `3..20`. */
export function formatClusters(clusters: ClustersOption): number | string {
	return typeof clusters === "object" ? `${clusters.min}..${clusters.max}` : clusters;
}

/** The inverse of the parsers: every value in the form in which a flag takes it. */
export function formatOptions(options: SegmentationOptions): OptionsText {
	const { granularity, inputSize, smooth, minArea, stretch, stride } = options;
	return {
		clusters: formatClusters(options.clusters),
		criterion: options.criterion,
		leaves: options.leaves,
		...(granularity === undefined ? {} : { granularity }),
		inputSize: typeof inputSize === "number" ? inputSize : `${inputSize.width}x${inputSize.height}`,
		median: options.median,
		pca: options.pca,
		denoise: options.denoise,
		whiten: options.whiten,
		position: options.position,
		smooth: smooth.window === undefined ? smooth.method : `${smooth.method}:${smooth.window}`,
		minArea: "share" in minArea ? `${Number((minArea.share * 100).toPrecision(12))}%` : minArea.pixels,
		facet: options.facet,
		layer: options.layer.join(","),
		...(stride === undefined ? {} : { stride }),
		views: options.views,
		positionGrid: options.positionGrid,
		repair: options.repair,
		debias: options.debias,
		metric: options.metric,
		restarts: options.restarts,
		seed: options.seed,
		...(stretch === undefined ? {} : { stretch: `${stretch.low},${stretch.high}` }),
		maxPixels: options.maxPixels,
	};
}

function matchRange(text: string): ClusterRange | undefined {
	const match = /^(\d+)\.\.(\d+)$/.exec(text);
	return match ? { min: Number(match[1]), max: Number(match[2]) } : undefined;
}

function invalid(name: string, value: string, allowed: string): DinosegError {
	return new DinosegError("OPTION_INVALID", `${name} must be ${allowed}, got "${value}".`, {
		details: { option: name, value },
	});
}
