import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { messageOf } from "../errors/index.ts";
import { SEGMENT_KINDS } from "./option-values.ts";
import { ALL_OPTIONS, DEFAULT_OPTIONS, type OptionDefinition, type OptionKey } from "./options.ts";
import { AUTO_CLUSTERS, clusterRange, formatClusters } from "./pipeline-kinds.ts";
import { PRESETS, withPreset } from "./presets.ts";
import {
	checkOption,
	checkSweepRange,
	formatOption,
	formatOptions,
	optionsFor,
	type PartialOptions,
	parseOption,
	parseOptions,
	parseSweepRange,
	readOptions,
	resolveOptions,
	type WrittenOptions,
} from "./resolve-options.ts";

describe("resolveOptions", () => {
	it("gives the defaults for nothing", () => {
		expect(resolveOptions({})).toEqual(DEFAULT_OPTIONS);
	});

	it("takes an explicit undefined as not given", () => {
		expect(resolveOptions({ clusters: undefined, stretch: undefined })).toEqual(DEFAULT_OPTIONS);
	});

	it("keeps what is given", () => {
		expect(resolveOptions({ clusters: 3, median: 0, stretch: { low: 1, high: 99 } })).toMatchObject({
			clusters: 3,
			median: 0,
			stretch: { low: 1, high: 99 },
		});
	});

	it("takes as many regions as a detail gives, unless their number is given", () => {
		expect(resolveOptions({ segments: "regions" })).toMatchObject({ clusters: "auto", detail: 50 });
		expect(resolveOptions({ segments: "regions", clusters: 7 }).clusters).toBe(7);
		expect(resolveOptions({ segments: "regions", clusters: { min: 3, max: 9 }, detail: 80 }).detail).toBe(80);
		expect(resolveOptions({ segments: "clusters" })).toEqual(resolveOptions({}));
	});

	it("gives each kind of segments the options that decide something about it", () => {
		const { segments: _, ...options } = { ...DEFAULT_OPTIONS, detail: 60, seed: 3, median: 7 };
		expect(optionsFor("clusters", options)).not.toHaveProperty("detail");
		expect(optionsFor("regions", options)).not.toHaveProperty("seed");
		for (const kind of SEGMENT_KINDS) {
			const own = { ...optionsFor(kind, options), segments: kind, clusters: { min: 2, max: 9 } };
			expect(resolveOptions(own)).toMatchObject({ ...own, median: 7 });
		}
	});

	it.each<[string, PartialOptions, RegExp]>([
		["zero clusters", { clusters: 0 }, /clusters must be an integer from 1 to 1024, got 0/],
		["too many clusters", { clusters: 1025 }, /got 1025/],
		["NaN clusters", { clusters: Number.NaN }, /got NaN/],
		["fractional clusters", { clusters: 2.5 }, /got 2.5/],
		["a range that falls", { clusters: { min: 5, max: 4 } }, /clusters must be a range that rises, got 5..4. Swap/],
		["a range from zero", { clusters: { min: 0, max: 4 } }, /clusters from must be an integer from 1 to 1024, got 0/],
		["a range too far", { clusters: { min: 2, max: 1025 } }, /clusters to must be an integer from 1 to 1024, got 1025/],
		["half a range", { clusters: { min: 2 } as never }, /clusters to must be an integer from 1 to 1024, got undefined/],
		["text for clusters", { clusters: "many" as never }, /clusters must be of the form 6, "auto" or .*, got many/],
		["no weight of position", { position: -0.1 }, /position must be a number from 0 to 10, got -0.1/],
		["NaN as position", { position: Number.NaN }, /got NaN/],
		["a half pass", { denoise: 0.5 }, /denoise must be an integer from 0 to 16, got 0.5/],
		["an unknown power", { whiten: 0.3 as 0.5 }, /whiten must be one of 0, 0.25, 0.5, 1, got 0.3/],
		["an even median", { median: 4 }, /median must be 0 \(off\) or an odd integer from 3 to 101, got 4/],
		["a median of 1", { median: 1 }, /got 1/],
		["a huge median", { median: 103 }, /got 103/],
		["all of the variance", { pca: 1.5 }, /pca must be a share strictly between 0 and 1/],
		["no variance", { pca: 0 }, /got 0/],
		["an even smoothing window", { smooth: { method: "median", window: 6 } }, /smooth window must be an odd integer/],
		[
			"a huge window",
			{ smooth: { method: "median", window: 257 } },
			/smooth window must be an odd integer from 3 to 255/,
		],
		[
			"a huge window",
			{ smooth: { method: "guided", window: 4097 } },
			/smooth window must be an odd integer from 3 to 4095/,
		],
		["a negative area", { minArea: { pixels: -1 } }, /minArea/],
		["the whole picture as area", { minArea: { share: 1 } }, /below 100%/],
		[
			"a facet that is not there",
			{ facet: "patch" as "token" },
			/facet must be one of token, key, query, value, got patch/,
		],
		["a metric that is not there", { metric: "manhattan" as "cosine" }, /metric must be one of euclidean, cosine, got/],
		["no layer", { layer: [] }, /layer must name 1 to 64 layers, got 0/],
		["half a layer", { layer: [0.5] }, /layer must be an integer/],
		["no step", { stride: 0 }, /stride must be patch or an integer/],
		["views", { views: "flip" } as PartialOptions, /unknown option "views"/],
		["an unknown grid rule", { positionGrid: "other" as "hf" }, /positionGrid must be one of official, hf, got other/],
		["text for a switch", { repair: "yes" as never }, /repair must be true or false, got yes/],
		["a number for a switch", { debias: 1 as never }, /debias must be true or false, got 1/],
		["nothing for a switch", { debias: null as never }, /debias must be true or false, got null/],
		["a number for an area", { minArea: 500 as never }, /minArea must be of the form \{ pixels: 500 \}.*, got 500/],
		["text for a smoothing", { smooth: "median" as never }, /smooth must be of the form .*, got median/],
		["nothing for a stretch", { stretch: null as never }, /stretch must be of the form .*, got null/],
		["a number for layers", { layer: -1 as never }, /layer must be a list of layer numbers/],
		["two bands", { bands: [1, 2] as never }, /bands must name one band or three, got 2: 1,2/],
		["an endless value", { nodata: Infinity }, /nodata must be auto, none or a finite number, got Infinity/],
		["a text as a value", { nodata: "0" as never }, /nodata must be auto, none or a finite number, got 0/],
		["a band 0", { bands: [0] }, /bands must be an integer from 1 to 65535, got 0/],
		["a number for bands", { bands: 4 as never }, /bands must be of the form "auto", \[4\] or .*, got 4/],
		["values the wrong way", { stretch: { black: 4, white: 3 } }, /black < white, got 4\.\.3/],
		["a stretch the wrong way", { stretch: { low: 99, high: 1 } }, /low < high/],
		[
			"a detail above the finest",
			{ segments: "regions", detail: 101 },
			/detail must be a number from 0 to 100, got 101/,
		],
		["a detail of clusters", { detail: 60 }, /detail 60 decides nothing with segments clusters: it is for regions/],
		[
			"a detail beside a number of regions",
			{ segments: "regions", clusters: 7, detail: 60 },
			/detail 60 decides nothing with clusters 7. Give one of them/,
		],
		[
			"smoothing of regions",
			{ segments: "regions", smooth: { method: "median", window: 9 } },
			/smooth median:9 decides nothing with segments regions: it is for clusters/,
		],
		["segments of no kind", { segments: "parts" as never }, /segments must be one of clusters, regions, got parts/],
		["no pixels", { maxPixels: 0 }, /maxPixels/],
		[
			"a pixel of no size",
			{ pixelSize: { width: 0, height: 1, unit: "um" } },
			/pixelSize must be "auto" or \{ width: 0.5, .* got 0x1um/,
		],
		[
			"a unit of no length",
			{ pixelSize: { width: 1, height: 1, unit: "ft" as never } },
			/unit of nm, um, mm, .* got 1x1ft/,
		],
		["a size without a unit", { pixelSize: 0.5 as never }, /pixelSize must be .* got 0.5/],
		["an input size above the limit", { inputSize: 4097 }, /inputSize/],
		["an unknown option", { cluster: 3 } as PartialOptions, /unknown option "cluster"/],
	])("refuses %s", (_name, options, message) => {
		const error = errorOf(() => resolveOptions(options));
		expect(error.code).toBe("OPTION_INVALID");
		expect(error.message).toMatch(message);
	});

	it("calls options as the caller does, and by their keys for programs", () => {
		const error = errorOf(() => resolveOptions({ segments: "regions", clusters: 3, detail: 68 }));
		const naming = (key: string) => `--${key}`;
		expect(messageOf(error, naming)).toMatch(/^--detail 68 decides nothing with --clusters 3/);
		expect(error.message).toMatch(/^detail 68 decides nothing with clusters 3/);
		expect(error.details).toEqual({ option: "detail", value: 68 });
	});

	it("refuses ranges that no sweep can show", () => {
		expect(() => checkSweepRange("range", { min: 2, max: 31 })).not.toThrow();
		expect(errorOf(() => checkSweepRange("range", { min: 2, max: 32 })).message).toMatch(
			/^range must hold at most 30 numbers of segments, got 2..32: 31 of them/,
		);
		expect(errorOf(() => checkSweepRange("range", { min: 3, max: 2 })).message).toMatch(/rises, got 3..2/);
	});
});

describe("the record of options", () => {
	it.each(Object.keys(ALL_OPTIONS) as OptionKey[])("%s has a default that is allowed", (key) => {
		expect(() => checkOption(key, ALL_OPTIONS[key].default)).not.toThrow();
	});

	it.each(Object.keys(ALL_OPTIONS) as OptionKey[])("%s is read as it is written", (key) => {
		const { default: value } = ALL_OPTIONS[key] as OptionDefinition<unknown>;
		expect(parseOption(key, String(formatOption(key, value)))).toEqual(value);
	});

	it("tells every option from the others by its letter, if it has one", () => {
		const letters = Object.values(ALL_OPTIONS).flatMap(({ letter }) => letter ?? []);
		expect(new Set(letters).size).toBe(letters.length);
	});
});

describe("the written form of options", () => {
	it.each<[OptionKey, string, unknown]>([
		["seed", "12", 12],
		["position", " 0.25", 0.25],
		["clusters", "6", 6],
		["clusters", "auto", "auto"],
		["clusters", "3..20", { min: 3, max: 20 }],
		["inputSize", "518", 518],
		["inputSize", "644x448", { width: 644, height: 448 }],
		["pca", "0.99", 0.99],
		["pca", "32", 32],
		["pca", "off", "off"],
		["stride", "patch", "patch"],
		["stride", "7", 7],
		["smooth", "none", { method: "none" }],
		["smooth", "majority", { method: "majority" }],
		["smooth", "median:15", { method: "median", window: 15 }],
		["smooth", "guided:91", { method: "guided", window: 91 }],
		["minArea", "500", { pixels: 500 }],
		["minArea", "0.5%", { share: 0.005 }],
		["stretch", "1,99.5", { low: 1, high: 99.5 }],
		["stretch", "auto", "auto"],
		["stretch", "300..4000", { black: 300, white: 4000 }],
		["stretch", "-0.5..1e3", { black: -0.5, white: 1000 }],
		["pixelSize", "auto", "auto"],
		["pixelSize", "0.5um", { width: 0.5, height: 0.5, unit: "um" }],
		["pixelSize", "0.5x0.4 µm", { width: 0.5, height: 0.4, unit: "um" }],
		["pixelSize", "1e-3km", { width: 0.001, height: 0.001, unit: "km" }],
		["clusters", "3-8", { min: 3, max: 8 }],
		["stretch", "none", "none"],
		["nodata", "auto", "auto"],
		["nodata", "none", "none"],
		["nodata", "0", 0],
		["nodata", "-3.4028234663852886e+38", -3.4028234663852886e38],
		["bands", "auto", "auto"],
		["bands", "4", [4]],
		["bands", "4, 3,2", [4, 3, 2]],
		["layer", "-1", [-1]],
		["layer", "2, -4,-1", [2, -4, -1]],
		["whiten", "0.50", 0.5],
		["facet", "key", "key"],
		["repair", "true", true],
		["model", "tiny", "tiny"],
	])("%s reads %s", (key, text, value) => {
		expect(parseOption(key, text)).toEqual(value);
	});

	it.each<[OptionKey, string]>([
		["seed", "six"],
		["seed", "6px"],
		["seed", "NaN"],
		["seed", "Infinity"],
		["seed", "0x10"],
		["seed", ""],
		["clusters", "six"],
		["clusters", "3.."],
		["clusters", "1..2..3"],
		["inputSize", "644x"],
		["pca", "on"],
		["stride", "off"],
		["smooth", "gaussian"],
		["smooth", "none:5"],
		["smooth", "median:"],
		["smooth", "median:5:5"],
		["smooth", "median:-5"],
		["minArea", "%"],
		["stretch", "1"],
		["stretch", "1,2,3"],
		["stretch", "a,b"],
		["nodata", "black"],
		["nodata", "nan"],
		["bands", "red"],
		["bands", "4,3,"],
		["bands", "-1"],
		["layer", "last"],
		["layer", "1,,2"],
		["layer", "1.5"],
		["facet", "patch"],
		["whiten", "0.3"],
		["repair", "yes"],
		["model", ""],
	])("%s refuses %o and names option and value", (key, text) => {
		const { code, message } = errorOf(() => parseOption(key, text));
		expect(code).toBe("OPTION_INVALID");
		expect(message).toContain(`${key} must be`);
		expect(message).toContain(`"${text}"`);
	});

	it("has ranges for sweeps", () => {
		expect(parseSweepRange("range", " 2..12 ")).toEqual({ min: 2, max: 12 });
		for (const text of ["6", "auto", "2..40"]) {
			expect(errorOf(() => parseSweepRange("range", text)).message).toMatch(/^range must/);
		}
	});

	it("is what a manifest holds of the number of clusters", () => {
		for (const text of ["auto", "3..20"] as const) {
			expect(formatClusters(parseOption("clusters", text))).toBe(text);
		}
		expect(formatClusters(6)).toBe(6);
		expect(clusterRange(6)).toEqual({ min: 6, max: 6 });
		expect(clusterRange("auto")).toEqual(AUTO_CLUSTERS);
	});

	it("is what a manifest holds, and reads back", () => {
		const options = resolveOptions({
			inputSize: { width: 644, height: 448 },
			smooth: { method: "median", window: 15 },
			minArea: { share: 0.005 },
			stretch: { low: 1, high: 99 },
			bands: [4, 3, 2],
			nodata: -9999,
			clusters: { min: 2, max: 5 },
			layer: [-4, -1],
			repair: true,
		});
		const written = formatOptions(options);
		expect(written).toMatchObject({ inputSize: "644x448", smooth: "median:15", minArea: "0.5%", stretch: "1,99" });
		expect(written).toMatchObject({ clusters: "2..5", layer: "-4,-1", detail: 50, stride: "patch" });
		expect(written).toMatchObject({ repair: true, debias: false, bands: "4,3,2", nodata: -9999 });
		expect(readOptions(written)).toEqual(options);
		expect(formatOptions({ ...DEFAULT_OPTIONS, minArea: { share: 0.07 } }).minArea).toBe("7%");
	});

	it("is refused if an option is missing or wrong", () => {
		const { seed: _, ...rest } = formatOptions(DEFAULT_OPTIONS);
		expect(errorOf(() => readOptions(rest as WrittenOptions)).message).toMatch(/^seed must be/);
		expect(errorOf(() => readOptions({ ...rest, seed: -1 })).message).toMatch(/^seed must be an integer/);
	});
});

describe("parseOptions", () => {
	it("reads what formatOptions writes, and texts of it", () => {
		const written = formatOptions(DEFAULT_OPTIONS);
		expect(parseOptions(written)).toEqual(DEFAULT_OPTIONS);
		const texts = Object.fromEntries(Object.entries(written).map(([key, value]) => [key, String(value)]));
		expect(parseOptions(texts)).toEqual(DEFAULT_OPTIONS);
	});

	it("takes some, and leaves all others away", () => {
		expect(parseOptions({ clusters: 5, repair: true, smooth: "median:15" })).toEqual({
			clusters: 5,
			repair: true,
			smooth: { method: "median", window: 15 },
		});
	});

	it.each([
		[{ colour: 1 }, /^unknown option "colour"/],
		[{ clusters: [5] }, /^clusters must be a number of segments .*, got \[5\]\.$/],
		[{ clusters: null }, /got null\.$/],
		[{ repair: "maybe" }, /^repair must be true or false, got "maybe"\.$/],
	])("refuses %j", (written, message) => {
		const error = errorOf(() => parseOptions(written));
		expect(error).toMatchObject({ code: "OPTION_INVALID", message: expect.stringMatching(message) });
	});
});

describe("withPreset", () => {
	it("fills in what was not given", () => {
		expect(withPreset("paper", { clusters: 7, median: undefined })).toEqual({ ...PRESETS.paper.options, clusters: 7 });
		expect(withPreset(undefined, { clusters: 7, median: undefined })).toEqual({ clusters: 7 });
	});

	it("leaves away what decides nothing beside what was given", () => {
		const { clusters, ...others } = optionsFor("regions", PRESETS.paper.options);
		expect(clusters).toBe(5);
		expect(withPreset("paper", { segments: "regions" })).toEqual({ ...others, clusters, segments: "regions" });
		const finer = withPreset("paper", { segments: "regions", detail: 70 });
		expect(finer).toEqual({ ...others, segments: "regions", detail: 70 });
		expect(() => resolveOptions(finer)).not.toThrow();
	});
});
