import type { SegmentationOptions } from "@dinoseg/core/options";
import type { Kernels } from "@dinoseg/kernels";

/** One job from pixels to the network's input, and from tokens to labels. Plain data: it is passed into a page. */
export interface Job {
	/** Size of the picture, pixels. */
	readonly width: number;
	readonly height: number;
	/** Channels of a token. */
	readonly dim: number;
	/** What is not a default. */
	readonly options: Partial<SegmentationOptions>;
}

export interface JobInput {
	/** Shape (height, width, 3). */
	readonly picture: Uint8Array;
	/** Shape (rows, cols, dim), where the grid is that of the input size. */
	readonly tokens: Float32Array;
}

/** The sha256 of everything that a job computes, by name. */
export type Digests = Readonly<Record<string, string>>;

/** Digest a job. It runs in a page, too: it must not use anything from outside. */
export async function digestJob(
	core: typeof import("./pipeline.ts"),
	kernels: Kernels,
	{ width, height, dim, options }: Job,
	{ picture, tokens }: JobInput,
): Promise<Digests> {
	const settings = { ...core.DEFAULT_OPTIONS, ...options };
	const image = { data: picture, width, height };
	const blurred = core.medianBlur(kernels, image, { window: settings.median });
	const { pixels, grid } = core.prepareNetworkInput(kernels, blurred, {
		inputSize: settings.inputSize,
		patchSize: 14,
		preprocessor: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], rescaleFactor: 1 / 255 },
	});

	const recorder = core.createStageRecorder({ now: () => 0, yield: async () => {} });
	const norms = new Float32Array(grid.rows * grid.cols);
	const tokenGrid = { ...grid, data: tokens, norms, dim };
	const result = await core.segmentTokens(kernels, tokenGrid, settings, recorder, { picture: blurred });
	const grown = { ...core.DEFAULT_OPTIONS, segments: "regions", clusters: "auto" } as const;
	const regions = await core.segmentTokens(kernels, tokenGrid, grown, recorder, { picture: blurred });
	if (result.kind !== "clusters" || regions.kind !== "regions") {
		throw new Error("Segments must be of the kind that was asked for.");
	}
	const pca = result.pca as NonNullable<typeof result.pca>;
	const scores = core.projectPca(kernels, pca, { data: tokens, rows: norms.length, cols: dim });
	const overlay = core.renderOverlay(image, result.labels);

	const { tree, superpixels, features } = regions;

	const digests: Record<string, string> = {};
	const arrays = {
		blurred: blurred.data,
		pixels,
		components: pca.components,
		scores: scores.data,
		centroids: result.centroids,
		tokenLabels: result.tokenLabels,
		labels: result.labels.data,
		confidence: result.confidence,
		overlay: overlay.data,
		superpixels: superpixels.data,
		features: features.data,
		merges: tree.merges,
		heights: tree.heights,
		regions: regions.labels.data,
		strengths: regions.confidence,
		borders: core.renderBorders(tree, superpixels),
	};
	for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(arrays)) {
		const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
		const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
		digests[name] = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
	}
	return digests;
}
