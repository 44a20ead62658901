import { crc32 } from "node:zlib";
import { inputDimensions, medianBlur, resizeImage } from "@dinoseg/core/image";
import { smoothLabels, upsampleLabels } from "@dinoseg/core/refine";
import type { BenchCase, BenchGroup } from "../harness/bench-case.ts";
import { clusterMaps, isLarge, labelMap, MEGAPIXELS, type Megapixels, picture } from "../inputs/pictures.ts";

const WINDOW = 15;

function forEachSize(prepare: (size: Megapixels) => BenchCase["prepare"]): BenchCase[] {
	return MEGAPIXELS.map((size) => ({ name: `${size} MP`, isLarge: isLarge(size), prepare: prepare(size) }));
}

const isSame = {
	title: "Same result",
	describe: (ours: number, theirs: number) => (ours === theirs ? "yes" : "no"),
};

function median(window: number): BenchGroup {
	return {
		name: `median-${window}`,
		title: `Median blur, window ${window}`,
		about: "RGB pictures. OpenCV: `cv2.medianBlur`.",
		python: "OpenCV",
		agreement: isSame,
		cases: forEachSize((size) => async (store) => {
			const { image, stored } = await picture(store, size);
			return {
				ours(kernels) {
					const { data } = medianBlur(kernels, image, { window });
					return () => crc32(data);
				},
				python: { task: "median", arrays: { pixels: stored }, parameters: { window } },
			};
		}),
	};
}

const resize: BenchGroup = {
	name: "resize",
	title: "Resize to 518",
	about:
		"RGB pictures, antialiased bicubic. Pillow, if it is there: `Image.resize(BICUBIC)`, the same function. Else OpenCV: `INTER_AREA` where the picture shrinks, which is another function (a box filter) and less work.",
	python: "Pillow or OpenCV",
	cases: forEachSize((size) => async (store) => {
		const { image, stored } = await picture(store, size);
		const target = inputDimensions(image, 518, 14);
		return {
			ours(kernels) {
				const { data } = resizeImage(kernels, image, target);
				return () => crc32(data);
			},
			python: { task: "resize", arrays: { pixels: stored }, parameters: { ...target } },
		};
	}),
};

const upsample: BenchGroup = {
	name: "upsample",
	title: "Upsample, best cluster, confidence",
	about:
		"8 score maps of 37 × 37 tokens to a label map. OpenCV: `cv2.resize` (bilinear) of each map, the best kept with NumPy; it computes no confidence, ours does.",
	python: "OpenCV",
	cases: forEachSize((size) => async (store, kernels) => {
		const { options, stored } = await clusterMaps(store, kernels, size);
		const { width, height } = options;
		return {
			ours(build) {
				const { labels } = upsampleLabels(build, options);
				return () => crc32(labels.data);
			},
			python: { task: "upsample", arrays: { maps: stored }, parameters: { width, height } },
		};
	}),
};

function smooth(method: "median" | "majority"): BenchGroup {
	const rival = method === "median" ? { python: "OpenCV", agreement: isSame } : {};
	return {
		name: `smooth-${method}`,
		title: `Smooth a label map, ${method} ${WINDOW}`,
		about: method === "median" ? "OpenCV: `cv2.medianBlur`." : "OpenCV has no such function.",
		...rival,
		cases: forEachSize((size) => async (store, kernels) => {
			const { labels, stored } = await labelMap(store, kernels, size);
			return {
				ours(build) {
					const { data } = smoothLabels(build, labels, { method, window: WINDOW });
					return () => crc32(data);
				},
				...(method === "median"
					? { python: { task: "median", arrays: { pixels: stored }, parameters: { window: WINDOW } } }
					: {}),
			};
		}),
	};
}

const regions: BenchGroup = {
	name: "regions",
	title: "Connected regions",
	about:
		"4-connected regions of equal labels. OpenCV: `cv2.connectedComponents` knows one label only, so it is called for each of the 8. Compared is the number of regions.",
	python: "OpenCV",
	agreement: isSame,
	cases: forEachSize((size) => async (store, kernels) => {
		const { labels, stored } = await labelMap(store, kernels, size);
		return {
			ours(build) {
				const { count } = build.connectedRegions(labels.data, labels.width, labels.height);
				return () => count;
			},
			python: { task: "regions", arrays: { labels: stored }, parameters: { count: labels.count } },
		};
	}),
};

export const pixelGroups: readonly BenchGroup[] = [
	median(5),
	median(WINDOW),
	resize,
	upsample,
	smooth("median"),
	smooth("majority"),
	regions,
];
