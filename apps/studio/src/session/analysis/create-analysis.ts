import { cancellableKernels, throwIfAborted } from "@dinoseg/core";
import {
	applyTokenized,
	type Begun,
	createRecentMemory,
	type DecodedImage,
	type NamedCodebook,
	type RecentMemory,
	type SegmentInput,
	type SegmentMemory,
	segmentTokenized,
} from "@dinoseg/core/engine";
import { DinosegError } from "@dinoseg/core/errors";
import { medianBlur, type RgbImage } from "@dinoseg/core/image";
import { resolveOptions } from "@dinoseg/core/options";
import type { SegmentResult } from "@dinoseg/core/result";
import { createStageRecorder, cutOnce, type KeptCuts, type RunContext } from "@dinoseg/core/segment";
import type { TokenGrid } from "@dinoseg/core/tensor";
import type { Kernels } from "@dinoseg/kernels";
import type { EngineCall, EngineImage, EngineTokens } from "../../engine/engine.ts";
import type { Settings } from "../scene.ts";

/** A picture to be analysed. */
export interface AnalysedPicture extends EngineImage {
	/** Path that files call it by: relative, or the name of the file alone. @default it has none */
	readonly path?: string | null | undefined;
}

/** What an analysis takes from its surroundings. */
export type AnalysisPorts = Pick<RunContext, "now" | "yield">;

/** A picture, its tokens, and a call about them. */
export interface PreparedCall {
	readonly input: SegmentInput;
	readonly begun: Begun;
}

/**
 * All that is computed of one picture from its pixels and tokens. What several calls share is kept, of the last settings
 * only: the blurred picture with its superpixels, the tokens after PCA, the walk of merging clusters, and region trees.
 */
export interface Analysis {
	/**
	 * Segment the picture: the bytes of all files of the result are those of the command line. Of regions, another cut makes
	 * neither superpixels nor tree again; `cutTable` has its ids without a map.
	 *
	 * @param tokens the same object serves what was kept for it.
	 * @throws DinosegError OPTION_INVALID, SHAPE_MISMATCH, CLUSTERS_EXCEED_TOKENS, ABORTED
	 */
	segment(tokens: EngineTokens, settings: Settings, call?: EngineCall): Promise<SegmentResult>;
	/** Segment the picture into the clusters of a codebook. @throws DinosegError as `segment` */
	apply(tokens: EngineTokens, settings: Settings, book: NamedCodebook, call?: EngineCall): Promise<SegmentResult>;
	/**
	 * Do what `segment` needs no tokens for: while they are on their way, it costs no time. It tells no stages.
	 *
	 * @throws DinosegError OPTION_INVALID, ABORTED
	 */
	foresee(settings: Settings, call?: Pick<EngineCall, "signal">): Promise<void>;
	/** Check the call, and blur the picture for it. @throws DinosegError as `segment` */
	prepare(tokens: EngineTokens, settings: Settings, call?: EngineCall): Promise<PreparedCall>;
}

/** How many values of each kind are kept: going back and forth between two settings is fast. */
const KEPT = 2;
/** Pixels of a picture above which only the last one is: each takes as much memory as the picture. */
const LARGE = 16_000_000;

/** Analyse one picture. It works in the thread that calls it. */
export function createAnalysis(kernels: Kernels, picture: AnalysedPicture, ports: AnalysisPorts): Analysis {
	const path = picture.path ?? null;
	const source: DecodedImage = { ...picture, path, name: path ?? "the picture" };
	const kept = picture.image.width * picture.image.height > LARGE ? 1 : KEPT;
	const blurs: RecentMemory<RgbImage> = createRecentMemory(() => 1, kept);
	const cuts: KeptCuts = new WeakMap();
	const memory: SegmentMemory = {
		cuts,
		reductions: createRecentMemory(() => 1, KEPT),
		walks: createRecentMemory(() => 1, KEPT),
		grown: createRecentMemory(() => 1, kept),
	};
	const names = new WeakMap<TokenGrid, string>();
	let named = 0;
	/** Grids from elsewhere may differ under equal settings, so each is known by itself. */
	const nameOf = (grid: TokenGrid, median: number): string => {
		const name = names.get(grid) ?? `${named++}`;
		names.set(grid, name);
		return `${name} ${median}`;
	};

	const begin = (settings: Settings, { signal, onEvent }: EngineCall): Begun => {
		throwIfAborted(signal);
		return {
			signal,
			kernels: cancellableKernels(kernels, signal),
			recorder: createStageRecorder({ now: ports.now, yield: ports.yield, onEvent, signal }),
			settings: resolveOptions(settings.options),
		};
	};

	const blur = async ({ kernels: checked, recorder, settings: { median } }: Begun): Promise<RgbImage> => {
		const known = median === 0 ? undefined : blurs.get(`${median}`);
		if (known) {
			recorder.skip("median");
			return known;
		}
		const image = await recorder.run("median", () => medianBlur(checked, picture.image, { window: median }));
		if (median !== 0) {
			blurs.set(`${median}`, image);
		}
		return image;
	};

	const prepare: Analysis["prepare"] = async ({ grid, model }, settings, call = {}) => {
		const begun = begin(settings, call);
		checkTokens(source, grid);
		if (model.dtype !== settings.dtype) {
			throw new DinosegError(
				"OPTION_INVALID",
				`${source.name}: the tokens are of ${model.name} in ${model.dtype}, but ${settings.dtype} is asked for. Run the network again.`,
				{ details: { option: "dtype", value: settings.dtype } },
			);
		}
		source.warnings.forEach(begun.recorder.warn);
		const blurred = await blur(begun);
		const key = nameOf(grid, begun.settings.median);
		return { begun, input: { source, blurred, grid, tokens: () => grid, key, loadMs: 0 } };
	};

	return {
		prepare,
		async foresee(settings, { signal } = {}) {
			const begun = begin(settings, { signal });
			const blurred = await blur(begun);
			if (begun.settings.segments === "regions") {
				await cutOnce(begun.kernels, blurred, cuts, begun.recorder);
			}
		},
		async segment(tokens, settings, call) {
			const { input, begun } = await prepare(tokens, settings, call);
			return (await segmentTokenized(tokens.model, input, memory, begun)).result;
		},
		async apply(tokens, settings, book, call) {
			const { input, begun } = await prepare(tokens, settings, call);
			return applyTokenized(tokens.model, input, book, begun);
		},
	};
}

/** @throws DinosegError SHAPE_MISMATCH unless the tokens are of a picture of this size */
function checkTokens({ image, name }: DecodedImage, { imageWidth, imageHeight }: TokenGrid): void {
	if (imageWidth !== image.width || imageHeight !== image.height) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`${name}: has ${image.width} x ${image.height} pixels, but the tokens are of a picture of ${imageWidth} x ${imageHeight}. Run the network on this picture.`,
			{ details: { expected: [image.width, image.height], actual: [imageWidth, imageHeight] } },
		);
	}
}
