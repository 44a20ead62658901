import {
	type Bounds,
	describeBounds,
	integerProblem,
	isIntegerWithin,
	type OptionKind,
	parseDecimal,
} from "./option-kind.ts";

/** Numbers of clusters, both ends included. */
export interface ClusterRange {
	readonly min: number;
	readonly max: number;
}

/** A number of clusters or regions, a range to choose it from, or "auto": the range `AUTO_CLUSTERS`. */
export type ClustersOption = number | "auto" | ClusterRange;

/** Numbers of clusters that can be asked for. */
export const CLUSTERS: Bounds = { min: 1, max: 1024 };

/** The range of "auto". */
export const AUTO_CLUSTERS: ClusterRange = { min: 2, max: 12 };

/** Numbers of clusters that one sweep shows. */
export const MAX_SWEEP = 30;

/** The numbers of segments that an option allows: a single one where it is a number. */
export function clusterRange(clusters: ClustersOption): ClusterRange {
	if (typeof clusters === "number") {
		return { min: clusters, max: clusters };
	}
	return clusters === "auto" ? AUTO_CLUSTERS : clusters;
}

/** A number as such, else `auto` or `3..20`. */
export function formatClusters(clusters: ClustersOption): number | string {
	return typeof clusters === "object" ? `${clusters.min}..${clusters.max}` : clusters;
}

export const clusters: OptionKind<ClustersOption> = {
	placeholder: "count|auto|range",
	form: "a number of segments (6), auto or a range (3..20)",
	allowed: `${describeBounds(CLUSTERS)}, auto (${describeBounds(AUTO_CLUSTERS)}) or a range (3..20)`,
	written: [{ integer: CLUSTERS }, { pattern: /^(auto|\d+\.\.\d+)$/ }],
	parse: (text) => (text.trim() === "auto" ? "auto" : (parseDecimal(text) ?? clusterRangeKind.parse(text))),
	format: formatClusters,
	problem(value) {
		if (typeof value === "number") {
			return integerProblem(value, CLUSTERS);
		}
		return value === "auto" ? undefined : rangeProblem(value, '6, "auto" or { min: 3, max: 20 }');
	},
};

/** A range of numbers of segments, short enough for a sweep. */
export const clusterRangeKind: OptionKind<ClusterRange> = {
	placeholder: "range",
	form: "a range of numbers of segments (3..20)",
	allowed: `up to ${MAX_SWEEP} numbers (2..12)`,
	written: [{ pattern: /^\d+\.\.\d+$/ }],
	parse(text) {
		const match = /^(\d+)(?:\.\.|-)(\d+)$/.exec(text.trim());
		return match ? { min: Number(match[1]), max: Number(match[2]) } : undefined;
	},
	format: formatClusters,
	problem(value) {
		const problem = rangeProblem(value, "{ min: 2, max: 12 }");
		if (problem !== undefined) {
			return problem;
		}
		const range = value as ClusterRange;
		const count = range.max - range.min + 1;
		return count <= MAX_SWEEP
			? undefined
			: `must hold at most ${MAX_SWEEP} numbers of segments, got ${formatClusters(range)}: ${count} of them.`;
	},
};

function rangeProblem(value: unknown, example: string): string | undefined {
	if (!isRecord(value)) {
		return formProblem(value, example);
	}
	const { min, max } = value as unknown as ClusterRange;
	for (const [end, count] of Object.entries({ from: min, to: max })) {
		const problem = integerProblem(count, CLUSTERS);
		if (problem !== undefined) {
			return `${end} ${problem}`;
		}
	}
	const text = `${min}..${max}`;
	return min <= max ? undefined : `must be a range that rises, got ${text}. Swap its ends.`;
}

/** Longer side in pixels with the aspect kept, or an exact size that the picture is squashed to. */
export type InputSize = number | { readonly width: number; readonly height: number };

/** Sides of the network's input, pixels. The lower bound is one patch of the model. */
export const INPUT_SIDE: Bounds = { min: 1, max: 4096 };

export const inputSize: OptionKind<InputSize> = {
	placeholder: "pixels|WIDTHxHEIGHT",
	form: "a side in pixels (518) or WIDTHxHEIGHT (644x448)",
	allowed: `up to ${INPUT_SIDE.max}, or WIDTHxHEIGHT`,
	written: [{ integer: INPUT_SIDE }, { pattern: /^\d+x\d+$/ }],
	parse(text) {
		const match = /^(\d+)x(\d+)$/i.exec(text.trim());
		return match ? { width: Number(match[1]), height: Number(match[2]) } : parseDecimal(text);
	},
	format: (value) => (typeof value === "number" ? value : `${value.width}x${value.height}`),
	problem(value) {
		if (typeof value === "number") {
			return integerProblem(value, INPUT_SIDE);
		}
		if (!isRecord(value)) {
			return formProblem(value, "a number or { width: 644, height: 448 }");
		}
		for (const side of ["width", "height"]) {
			const problem = integerProblem(value[side], INPUT_SIDE);
			if (problem !== undefined) {
				return `${side} ${problem}`;
			}
		}
		return undefined;
	},
};

/** Share of the variance strictly between 0 and 1, a count of components, or "off". */
export type PcaOption = number | "off";

/** Components that can be asked for. */
export const PCA_COMPONENTS: Bounds = { min: 1, max: 65536 };

export const pca: OptionKind<PcaOption> = {
	placeholder: "share|count|off",
	form: "a share of the variance (0.99), a count of components (32) or off",
	allowed: "a share below 1, a count, or off",
	written: [{ number: { min: 0, max: PCA_COMPONENTS.max } }, { oneOf: ["off"] }],
	parse: (text) => (text.trim() === "off" ? "off" : parseDecimal(text)),
	format: (value) => value,
	problem(value) {
		const isShare = typeof value === "number" && value > 0 && value < 1;
		return value === "off" || isShare || isIntegerWithin(value, PCA_COMPONENTS)
			? undefined
			: `must be a share strictly between 0 and 1, an integer from ${describeBounds(PCA_COMPONENTS)}, or off, got ${String(value)}.`;
	},
};

/** How the label map is cleaned after upsampling. */
export const SMOOTHING_METHODS = ["none", "median", "majority", "guided"] as const;
export type SmoothingMethod = (typeof SMOOTHING_METHODS)[number];

export interface SmoothingOption {
	readonly method: SmoothingMethod;
	/**
	 * Side of the window, pixels of the original, odd. Default: the odd number nearest to one patch there, and for
	 * "guided" to ten or to four tenths of the shorter side if that is less.
	 */
	readonly window?: number;
}

/** Bounds of the window of a smoothing method, pixels. */
export function smoothingBounds(method: SmoothingMethod): Bounds {
	return { min: 3, max: method === "guided" ? 4095 : 255 };
}

export const smoothing: OptionKind<SmoothingOption> = {
	placeholder: "method[:window]",
	form: `one of ${SMOOTHING_METHODS.join(", ")}, all but none with an odd window if you like (median:15)`,
	allowed: `${SMOOTHING_METHODS.join(", ")}; with a window if you like (median:15)`,
	written: [{ pattern: new RegExp(`^(none|(${SMOOTHING_METHODS.slice(1).join("|")})(:\\d+)?)$`) }],
	parse(text) {
		const [method, window, ...rest] = text.trim().split(":") as [SmoothingMethod, string?, ...string[]];
		if (!SMOOTHING_METHODS.includes(method) || rest.length > 0) {
			return undefined;
		}
		if (window === undefined) {
			return { method };
		}
		return method === "none" || !/^\d+$/.test(window) ? undefined : { method, window: Number(window) };
	},
	format: ({ method, window }) => (window === undefined ? method : `${method}:${window}`),
	problem(value) {
		if (!isRecord(value)) {
			return formProblem(value, '{ method: "median", window: 15 }');
		}
		const { method, window } = value as unknown as SmoothingOption;
		if (!SMOOTHING_METHODS.includes(method)) {
			return `must be one of ${SMOOTHING_METHODS.join(", ")}, got ${String(method)}.`;
		}
		const { min, max } = smoothingBounds(method);
		return window === undefined || (isIntegerWithin(window, { min, max }) && window % 2 === 1)
			? undefined
			: `window must be an odd integer from ${min} to ${max}, got ${String(window)}.`;
	},
};

/** A smallest region size: pixels of the original, or a share of the picture. */
export type MinimumArea = { readonly pixels: number } | { readonly share: number };

/** A smallest region size in pixels of a picture with so many, rounded up. */
export function minimumPixels(area: MinimumArea, pixels: number): number {
	return "share" in area ? Math.ceil(area.share * pixels) : area.pixels;
}

/** Pixels that a smallest area can have. */
export const AREA_PIXELS: Bounds = { min: 0, max: 2 ** 31 - 1 };

export const minimumArea: OptionKind<MinimumArea> = {
	placeholder: "pixels|percent",
	form: "a count of pixels (500) or a share of the picture (0.1%)",
	allowed: "pixels (500) or a share of the picture (0.1%); 0 is off",
	written: [{ integer: AREA_PIXELS }, { pattern: /^[\d.e-]+%$/ }],
	parse(text) {
		const trimmed = text.trim();
		if (trimmed.endsWith("%")) {
			const percent = parseDecimal(trimmed.slice(0, -1));
			return percent === undefined ? undefined : { share: percent / 100 };
		}
		const pixels = parseDecimal(trimmed);
		return pixels === undefined ? undefined : { pixels };
	},
	// Twelve digits: 0.001 * 100 is 0.1, and not what floating point makes of it.
	format: (area) => ("share" in area ? `${Number((area.share * 100).toPrecision(12))}%` : area.pixels),
	problem(value) {
		if (!isRecord(value)) {
			return formProblem(value, "{ pixels: 500 } or { share: 0.001 }");
		}
		if (!("share" in value)) {
			return integerProblem(value["pixels"], AREA_PIXELS);
		}
		const share = Number(value["share"]);
		return share >= 0 && share < 1 ? undefined : `as a share must be from 0% to below 100%, got ${share * 100}%.`;
	},
};

/**
 * What becomes black and white: percentiles of the samples, values of them, "auto" (the percentiles 0.1 and 99.9 of
 * samples above 8 bits), or "none".
 */
export type StretchOption =
	| "auto"
	| "none"
	| { readonly low: number; readonly high: number }
	| { readonly black: number; readonly white: number };

/** Bounds of a percentile. */
export const PERCENTILE: Bounds = { min: 0, max: 100 };

const STRETCH_WORDS = ["auto", "none"] as const;

export const stretch: OptionKind<StretchOption> = {
	placeholder: "auto|low,high|black..white|none",
	form: "auto, two percentiles (1,99), two sample values (300..4000) or none",
	allowed: "auto, two percentiles (1,99), two sample values (300..4000) or none",
	written: [{ oneOf: STRETCH_WORDS }, { pattern: /^-?[\d.]+(e[+-]?\d+)?(,|\.\.)-?[\d.]+(e[+-]?\d+)?$/ }],
	parse(text) {
		const word = STRETCH_WORDS.find((known) => known === text.trim());
		if (word !== undefined) {
			return word;
		}
		const separator = text.includes(",") ? "," : "..";
		const [first, second, ...rest] = text.split(separator).map(parseDecimal);
		if (first === undefined || second === undefined || rest.length > 0) {
			return undefined;
		}
		return separator === "," ? { low: first, high: second } : { black: first, white: second };
	},
	format(value) {
		if (typeof value === "string") {
			return value;
		}
		return "black" in value ? `${value.black}..${value.white}` : `${value.low},${value.high}`;
	},
	problem(value) {
		if (value === "auto" || value === "none") {
			return undefined;
		}
		if (!isRecord(value)) {
			return formProblem(value, '"auto", { low: 1, high: 99 }, { black: 300, white: 4000 } or "none"');
		}
		if ("black" in value) {
			const [black, white] = [Number(value["black"]), Number(value["white"])];
			return Number.isFinite(white - black) && black < white
				? undefined
				: `must be two sample values with black < white, got ${black}..${white}.`;
		}
		const [low, high] = [Number(value["low"]), Number(value["high"])];
		return low >= PERCENTILE.min && low < high && high <= PERCENTILE.max
			? undefined
			: `must be two percentiles with 0 <= low < high <= 100, got ${low},${high}.`;
	},
};

/**
 * The bands of a picture that are looked at: one is grey, three are red, green and blue; 1-based. "auto" takes the
 * colours that the file names.
 */
export type BandsOption = "auto" | readonly [number] | readonly [number, number, number];

/** Numbers of bands: as many as a TIFF can have. */
const BAND: Bounds = { min: 1, max: 65535 };

export const bands: OptionKind<BandsOption> = {
	placeholder: "auto|numbers",
	form: "auto, the number of one band (4) or of three for red, green and blue (4,3,2)",
	allowed: "auto, one band (4) or three for red, green and blue (4,3,2); the first is 1",
	written: [{ oneOf: ["auto"] }, { pattern: /^\d+(,\d+,\d+)?$/ }],
	parse(text) {
		const trimmed = text.trim();
		const numbers = trimmed.split(",").map((part) => part.trim());
		if (trimmed === "auto") {
			return trimmed;
		}
		return numbers.every((part) => /^\d+$/.test(part)) ? (numbers.map(Number) as unknown as BandsOption) : undefined;
	},
	format: (value) => (value === "auto" ? value : value.join(",")),
	problem(value) {
		if (value === "auto") {
			return undefined;
		}
		if (!Array.isArray(value)) {
			return formProblem(value, '"auto", [4] or [4, 3, 2]');
		}
		if (value.length !== 1 && value.length !== 3) {
			return `must name one band or three, got ${value.length}: ${value.join(",")}.`;
		}
		return value.map((band) => integerProblem(band, BAND)).find((problem) => problem !== undefined);
	},
};

/**
 * The value of pixels that were not measured. "auto" takes what a TIFF says; NaN is one too, unless "none": every pixel
 * was measured.
 */
export type NoDataOption = "auto" | "none" | number;

const NO_DATA_WORDS = ["auto", "none"] as const;

export const noData: OptionKind<NoDataOption> = {
	placeholder: "auto|value|none",
	form: "auto, a sample value (-9999) or none",
	allowed: "auto, a sample value (-9999) or none",
	written: [{ oneOf: NO_DATA_WORDS }, { number: { min: -Number.MAX_VALUE, max: Number.MAX_VALUE } }],
	parse: (text) => NO_DATA_WORDS.find((known) => known === text.trim()) ?? parseDecimal(text),
	format: (value) => value,
	problem: (value) =>
		NO_DATA_WORDS.some((known) => known === value) || Number.isFinite(value)
			? undefined
			: `must be auto, none or a finite number, got ${String(value)}.`,
};

/** Above the deepest published network; the model's own depth is checked when it is known. */
const LAYER: Bounds = { min: -256, max: 255 };
/** Blocks that can be joined. */
const LAYERS: Bounds = { min: 1, max: 64 };

export const layers: OptionKind<readonly number[]> = {
	placeholder: "numbers",
	form: "layer numbers, 0-based or negative from the end, separated by commas (-1 or -4,-1)",
	allowed: "0-based, or negative from the end (-4,-1)",
	written: [{ pattern: /^-?\d+(,-?\d+)*$/ }],
	parse(text) {
		const parts = text.split(",").map((part) => part.trim());
		return parts.every((part) => /^-?\d+$/.test(part)) ? parts.map(Number) : undefined;
	},
	format: (value) => value.join(","),
	problem(value) {
		if (!Array.isArray(value)) {
			return `must be a list of layer numbers such as [-4, -1], got ${String(value)}.`;
		}
		if (!isIntegerWithin(value.length, LAYERS)) {
			return `must name ${describeBounds(LAYERS)} layers, got ${value.length}.`;
		}
		return value.map((layer) => integerProblem(layer, LAYER)).find((problem) => problem !== undefined);
	},
};

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null;
}

function formProblem(value: unknown, example: string): string {
	return `must be of the form ${example}, got ${String(value)}.`;
}
