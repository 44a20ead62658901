/** What a page or a Node process has loaded. */
export interface LoadedPackages {
	readonly core: typeof import("@dinoseg/core");
	readonly kernels: typeof import("@dinoseg/kernels");
}

/** One job from tokens, or from pixels, to labels. Plain data: it is passed into a page. */
export interface Job {
	readonly rows: number;
	readonly cols: number;
	readonly dim: number;
	readonly clusters: number;
	readonly smoothing: "median" | "majority";
	readonly imageWidth: number;
	readonly imageHeight: number;
}

/**
 * The sha256 of everything that a job computes, by name. It runs in a page, too: it must not use anything from outside.
 *
 * @param tokens float32, shape (rows, cols, dim).
 */
export async function digestJob([{ core, kernels }, build, job, tokens]: readonly [
	LoadedPackages,
	build: "reference" | "simd",
	Job,
	tokens: Float32Array,
]): Promise<Record<string, string>> {
	const backend = build === "simd" ? await kernels.loadSimdKernels() : kernels.referenceKernels;
	const { rows, cols, dim, clusters, smoothing, imageWidth, imageHeight } = job;
	const patchSize = 14;
	const inputSize = { width: cols * patchSize, height: rows * patchSize };

	// A picture with structure and noise, from integers only.
	const random = core.createRandom(1);
	const image = { data: new Uint8Array(imageWidth * imageHeight * 3), width: imageWidth, height: imageHeight };
	for (let i = 0; i < image.data.length; i++) {
		image.data[i] = ((i >> 6) & 127) + 128 * random.next();
	}
	const blurred = core.medianBlur(backend, image, { window: 5 });
	const { pixels, grid } = core.prepareNetworkInput(backend, blurred, {
		inputSize,
		patchSize,
		preprocessor: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], rescaleFactor: 1 / 255 },
	});

	const matrix = { data: tokens, rows: rows * cols, cols: dim };
	const scores = core.projectPca(backend, core.fitPca(backend, matrix, 0.99).model, matrix);
	const options = {
		...core.DEFAULT_OPTIONS,
		clusters,
		smooth: { method: smoothing },
		minArea: { pixels: 50 },
	};
	const recorder = core.createStageRecorder({ now: () => 0, yield: async () => {} });
	const norms = new Float32Array(rows * cols);
	const result = await core.segmentTokens(backend, { ...grid, data: tokens, norms, dim }, options, recorder);
	const overlay = core.renderOverlay(image, result.labels);

	const digests: Record<string, string> = {};
	const arrays = {
		blurred: blurred.data,
		pixels,
		components: (result.pca as NonNullable<typeof result.pca>).components,
		scores: scores.data,
		centroids: result.centroids,
		tokenLabels: result.tokenLabels,
		rawLabels: result.rawLabels.data,
		labels: result.labels.data,
		confidence: result.confidence,
		overlay: overlay.data,
	};
	for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(arrays)) {
		const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
		const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
		digests[name] = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
	}
	return digests;
}
