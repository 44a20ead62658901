import { isUniform, medianBlur } from "@dinoseg/core/image";
import { segmentPixels, segmentStatistics, serialiseSegments } from "@dinoseg/core/labels";
import { type PartialOptions, resolveOptions } from "@dinoseg/core/options";
import { describeResult, type SegmentResult } from "@dinoseg/core/result";
import { createStageRecorder, segmentTokens } from "@dinoseg/core/segment";
import { flattenTokens, type TokenGrid } from "@dinoseg/core/tensor";
import { loadKernels } from "@dinoseg/kernels";
import type { PixelFacts } from "../../dist/work/pixels.js";
import type { TokenShape } from "../../dist/work/segmentations.js";
import type { TestService } from "./service.ts";

/** What a service answers about the pixels of an image. */
export interface ServedPixels {
	readonly facts: PixelFacts;
	/** Shape (height, width, 3). */
	readonly data: Uint8Array;
	/** Shape (height, width). @default every pixel has data */
	readonly valid?: Uint8Array;
}

/** The bytes of an answer, and the header Dinoseg-Shape. */
async function fetchShaped<Facts>(service: TestService, path: string) {
	const answer = await service.fetch(path);
	if (answer.status !== 200) {
		throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
	}
	const facts = JSON.parse(answer.headers.get("dinoseg-shape") ?? "") as Facts;
	return { facts, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

export async function fetchPixels(service: TestService, id: string, query = ""): Promise<ServedPixels> {
	const { facts, bytes } = await fetchShaped<PixelFacts>(service, `/v1/images/${id}/pixels?${query}`);
	const count = facts.width * facts.height;
	const valid = facts.hasValid ? { valid: bytes.slice(3 * count) } : {};
	return { facts, data: bytes.slice(0, 3 * count), ...valid };
}

export async function fetchTokens(service: TestService, id: string, query = "") {
	const { facts, bytes } = await fetchShaped<TokenShape>(service, `/v1/images/${id}/tokens?${query}`);
	const { model, ...shape } = facts;
	const values = new Float32Array(bytes.buffer);
	const count = shape.rows * shape.cols;
	const data = values.subarray(0, count * shape.dim);
	const grid: TokenGrid = { ...shape, data, norms: values.subarray(count * shape.dim) };
	return { grid, model };
}

/** What a page does that has core and kernels, and of the service the pixels and the tokens: the text of `segments.json`. */
export async function segmentInPage(service: TestService, id: string, given: PartialOptions, query: string) {
	const options = resolveOptions(given);
	const kernels = await loadKernels();
	const recorder = createStageRecorder({ now: () => 0, yield: async () => {} });
	const { facts, data, valid } = await fetchPixels(service, id, query);
	const { grid, model } = await fetchTokens(service, id, query);
	facts.warnings.forEach(recorder.warn);
	const { width, height, page, stretch, georeference } = facts;
	const image = { data, width, height };
	const blurred = medianBlur(kernels, image, { window: options.median });
	const clustered = isUniform(blurred) ? flattenTokens(grid) : grid;
	const segmentation = await segmentTokens(kernels, clustered, options, recorder, { picture: blurred, valid });
	const { labels } = segmentation;
	const pixelSize = options.pixelSize === "auto" ? facts.pixelSize : options.pixelSize;
	const result: SegmentResult = {
		...segmentation,
		input: {
			path: null,
			sha256: id,
			width,
			height,
			...(page ? { page } : {}),
			...(stretch ? { stretch } : {}),
			...(georeference ? { georeference } : {}),
			...(pixelSize ? { pixelSize } : {}),
			...(labels.background === undefined
				? {}
				: { noData: { id: labels.background, pixels: labels.data.length - segmentPixels(labels, () => {}) } }),
		},
		model,
		options,
		image,
		blurred,
		tokens: () => grid,
		segments: segmentStatistics(labels, image),
		warnings: recorder.warnings,
		timings: {} as SegmentResult["timings"],
	};
	return serialiseSegments(describeResult(result));
}
