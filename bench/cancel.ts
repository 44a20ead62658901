/**
 * How long each numeric stage goes on between two looks at a cancel: `tsx bench/cancel.ts [part of a stage's name]`, after
 * a build. Each stage runs once, so a machine with other work to do shows gaps that are not the stage's own: those of the
 * process's time on the processor tell them apart.
 */
import { createRandom } from "@dinoseg/core";
import { chooseClusters, kMeans, mergingKMeans } from "@dinoseg/core/cluster";
import { colorGradient, medianBlur, type RgbImage } from "@dinoseg/core/image";
import {
	EXPORT_FORMATS,
	type ExportImage,
	encodeAllRles,
	encodeLabelPng,
	type LabelMap,
	numberMap,
	paletteTable,
	segmentColor,
	segmentStatistics,
} from "@dinoseg/core/labels";
import { EXPORT_FORMAT_NAMES } from "@dinoseg/core/labels/formats";
import { momentsOf } from "@dinoseg/core/linalg";
import { AUTO_CLUSTERS, DEFAULT_OPTIONS } from "@dinoseg/core/options";
import {
	absorbSmallRegions,
	clusterScores,
	smoothLabels,
	type UpsampleOptions,
	upsampleLabels,
} from "@dinoseg/core/refine";
import { buildRegionTree, cutPicture, describeSuperpixels } from "@dinoseg/core/regions";
import { drawSegmentIds, renderBorders, renderFigure, renderOverlay, renderSweep } from "@dinoseg/core/render";
import { prepareNetworkInput, reduceTokens } from "@dinoseg/core/segment";
import type { Matrix, TokenGrid } from "@dinoseg/core/tensor";
import type { Check, Kernels } from "@dinoseg/kernels";
import { formatMilliseconds, markdownTable } from "./harness/markdown.ts";
import { progress } from "./harness/progress.ts";
import { simdKernels } from "./harness/simd-kernels.ts";

const wanted = process.argv[2] ?? "";
const rows: string[][] = [];

/** Run a stage, and measure from its start to its end what lies between two checks. */
async function measure<T>(stage: string, work: (check: Check, kernels: Kernels) => T | Promise<T>): Promise<T> {
	const longest = { wall: 0, processor: 0 };
	let looks = 0;
	let last = performance.now();
	let sampled = { at: last, used: processorTime() };
	const look = () => {
		const now = performance.now();
		longest.wall = Math.max(longest.wall, now - last);
		// Asking for the time on the processor takes longer than many steps do.
		if (now - sampled.at > 1) {
			const used = processorTime();
			longest.processor = Math.max(longest.processor, used - sampled.used);
			sampled = { at: now, used };
		}
		looks++;
		last = performance.now();
	};
	const start = performance.now();
	const result = await work(look, simdKernels.checked(look));
	look();
	if (stage.includes(wanted)) {
		const gaps = [longest.wall, longest.processor].map(formatMilliseconds);
		rows.push([stage, formatMilliseconds(performance.now() - start), `${looks}`, ...gaps]);
		progress(rows.at(-1)?.join("  ") as string);
	}
	return result;
}

/** Milliseconds. */
function processorTime(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

const GRID = { rows: 37, cols: 37, patchSize: 14, stride: 14, inputWidth: 518, inputHeight: 518 };
const TOKENS = GRID.rows * GRID.cols;
const CLUSTERS = 6;

/** Tokens of a picture of a few things, with noise in every dimension. */
function tokens(dim: number): TokenGrid {
	const random = createRandom(1);
	const centres = Float32Array.from({ length: 9 * dim }, () => random.next() - 0.5);
	const data = new Float32Array(TOKENS * dim);
	for (let token = 0; token < TOKENS; token++) {
		const centre = Math.floor(token / GRID.cols / 13) * 3 + Math.floor((token % GRID.cols) / 13);
		for (let d = 0; d < dim; d++) {
			data[token * dim + d] = centres[centre * dim + d] + 0.7 * (random.next() - 0.5);
		}
	}
	return { ...GRID, data, norms: new Float32Array(TOKENS).fill(1), dim, imageWidth: 518, imageHeight: 518 };
}

async function tokenStages(dim: number): Promise<Matrix> {
	const grid = tokens(dim);
	const size = `${TOKENS} × ${dim}`;
	const { points } = await measure(`PCA 0.99, averaging, whitening ${size}`, (_, kernels) =>
		reduceTokens(kernels, grid, DEFAULT_OPTIONS),
	);
	await measure(`moments ${size}`, (_, kernels) => momentsOf(kernels, { data: grid.data, rows: TOKENS, cols: dim }));
	const { points: whole } = await measure(`averaging without PCA ${size}`, (_, kernels) =>
		reduceTokens(kernels, grid, { ...DEFAULT_OPTIONS, pca: "off" }),
	);
	for (const [clustered, name] of [[points, "components of"] as const, [whole, "all of"] as const]) {
		const random = createRandom(0);
		await measure(`k-means ${name} ${size}`, (_, kernels) =>
			kMeans(kernels, clustered, { clusters: CLUSTERS, restarts: 2, random }),
		);
		await measure(`choice of k ${name} ${size}`, (_, kernels) => {
			const steps = mergingKMeans(kernels, clustered, {
				clusters: AUTO_CLUSTERS.max,
				restarts: 1,
				random: createRandom(0),
			});
			return chooseClusters(steps, AUTO_CLUSTERS);
		});
	}
	return points;
}

function photograph(width: number, height: number): RgbImage {
	const data = new Uint8Array(width * height * 3);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at += 3) {
			const grain = (x * 7919 + y * 104729) % 23;
			data[at] = 100 + ((x >> 5) % 100) + grain;
			data[at + 1] = 80 + ((y >> 5) % 120) + grain;
			data[at + 2] = 60 + (((x + y) >> 6) % 90) + grain;
		}
	}
	return { data, width, height };
}

async function pictureStages(name: string, width: number, height: number, points: Matrix): Promise<void> {
	const of = (stage: string) => `${stage}, ${name} megapixels`;
	const image = photograph(width, height);
	const blurred = await measure(of("median 5"), (_, kernels) => medianBlur(kernels, image, { window: 5 }));
	await measure(of("median 31"), (_, kernels) => medianBlur(kernels, image, { window: 31 }));
	const preprocessor = { mean: [0, 0, 0], std: [1, 1, 1], rescaleFactor: 1 / 255 } as const;
	await measure(of("resize"), (_, kernels) =>
		prepareNetworkInput(kernels, blurred, { inputSize: 518, patchSize: 14, preprocessor }),
	);
	const { centroids } = kMeans(simdKernels, points, { clusters: CLUSTERS, restarts: 1, random: createRandom(0) });
	const scores = clusterScores(simdKernels, points, centroids);
	const scored: UpsampleOptions = { scores, grid: GRID, clusters: CLUSTERS, width, height, temperature: 1 };
	const { labels } = await measure(of("upsampling"), (_, kernels) => upsampleLabels(kernels, scored));
	for (const method of ["median", "majority", "guided"] as const) {
		const window = method === "guided" ? 1511 : 15;
		await measure(of(`smoothing by ${method}`), (_, kernels) =>
			smoothLabels(kernels, labels, { method, window, picture: blurred }),
		);
	}
	const specked: LabelMap = {
		...labels,
		data: labels.data.map((id, i) => ((i * 7919) % 9973 < 9 ? (id + 1) % CLUSTERS : id)),
	};
	await measure(of("absorption of specks"), (_, kernels) => absorbSmallRegions(kernels, specked, 1000));
	const reversed = { ...labels, data: labels.data.map((id) => 5 - id) };
	await measure(of("numbering"), (check) => numberMap(reversed, { check }));
	const cut = await measure(of("superpixels"), (_, kernels) => cutPicture(kernels, blurred));
	const { working, colors, areas } = cut;
	const tree = await measure(of("region tree"), (check, kernels) => {
		const features = describeSuperpixels(kernels, working, colors, points, GRID);
		return buildRegionTree(kernels, working, { features, gradient: colorGradient(colors, check), areas });
	});
	await measure(of("borders"), (check) => renderBorders(tree, cut.superpixels, check));
	const segments = await measure(of("statistics"), (check) => segmentStatistics(labels, image, check));
	await measure(of("run lengths"), (check) => encodeAllRles(labels, check));
	const overlay = await measure(of("overlay"), (check) => renderOverlay(image, labels, { check }));
	await measure(of("ids of the overlay"), (_, kernels) => drawSegmentIds(kernels, overlay, labels));
	const caption = {
		model: "m",
		clusters: 6,
		input: { width: 518, height: 518 },
		median: 5,
		made: { smoothing: { method: "median", window: 15 } },
	} as const;
	const parts = { ...specked, colors: paletteTable(specked.count) };
	await measure(of("figure"), (_, kernels) =>
		renderFigure(kernels, { original: image, blurred, parts, segments: labels, caption }),
	);
	const curve = [{ clusters: 6, value: 0.2 }];
	await measure(of("sweep"), (_, kernels) =>
		renderSweep(kernels, {
			image,
			maps: [{ clusters: 6, labels }],
			choice: { criterion: "separation", clusters: 6, curve },
			caption,
		}),
	);
	await measure(of("labels.png (compression is one step)"), (check) => encodeLabelPng(labels, undefined, check));
	const exported: ExportImage = {
		file: "a.jpg",
		labels,
		segments: segments.map(({ id }) => ({ id, name: `segment ${id}`, color: segmentColor(id) })),
		photograph: image,
	};
	for (const format of EXPORT_FORMAT_NAMES) {
		await measure(of(`export ${format}`), (_, kernels) => writeAll(format, kernels, exported));
	}
	for (const format of ["coco", "geojson", "label-studio", "cvat-xml"] as const) {
		await measure(of(`export ${format} of specks`), (_, kernels) =>
			writeAll(format, kernels, { ...exported, labels: specked }),
		);
	}
}

function writeAll(name: (typeof EXPORT_FORMAT_NAMES)[number], kernels: Kernels, image: ExportImage): number {
	const format = EXPORT_FORMATS[name];
	if (format.holds === "image") {
		return format.encode(kernels, image, { simplify: 1 }).length;
	}
	const writer = format.createWriter(kernels, {});
	let length = 0;
	for (const { data } of writer.add(image)) {
		length += data.length;
	}
	return length + writer.end().length;
}

const points = await tokenStages(1024);
await tokenStages(1536);
await tokenStages(6144);
await pictureStages("12", 4000, 3000, points);
await pictureStages("48", 8000, 6000, points);
console.log(markdownTable(["Stage", "ms", "Looks", "Longest gap, ms", "On the processor, ms"], "lrrrr", rows));
