import type { Kernels } from "@dinoseg/kernels";
import type { Codebook, CodebookClusters, CodebookFit, CodebookPart } from "../codebook/index.ts";
import type { SegmentationListener } from "../events.ts";
import type { ModelConfig } from "../model/index.ts";
import type { ClusterRange, PartialOptions } from "../options/index.ts";
import type { ModelIdentity, SegmentResult, SweepResult } from "../result/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import type { CancelSignal, DecodedImage } from "./ports.ts";

/** Options of one call: those of the pipeline, and how to follow or cancel it. */
export type SegmentCallOptions = PartialOptions & {
	readonly signal?: CancelSignal | undefined;
	readonly onEvent?: SegmentationListener | undefined;
};

/** A frame of a film or a stack, beside another one. */
export interface Frame<Input> {
	readonly input: Input | RawPixels;
	/** Number of its page. @default that of the options of the call */
	readonly page?: number | undefined;
}

/** Options of a call of `apply`. */
export interface ApplyCallOptions<Input> extends SegmentCallOptions {
	/**
	 * The frames before and after the picture, in whatever order: its tokens are averaged with theirs, so that ids change for
	 * one frame only where something does. All must be of one size. @default the picture is no frame
	 */
	readonly beside?: readonly Frame<Input>[] | undefined;
}

/**
 * Pixels that nobody encoded, such as `ImageData`: sRGB, 8 bits, upright. Shape (height, width, channels). One channel is
 * grey; of four the last is straight alpha, which is laid over white.
 */
export interface RawPixels {
	readonly data: Uint8Array | Uint8ClampedArray;
	readonly width: number;
	readonly height: number;
	/** 1, 3 or 4. @default what the length of the data says */
	readonly channels?: number;
}

/** A model, ready to segment pictures: one after the other, or several at once. `Input` is what its decoder reads. */
export interface Engine<Input> {
	readonly model: ModelIdentity & { readonly config: ModelConfig };
	/** The build of the numeric kernels that runs here. The result does not depend on it. */
	readonly kernels: Kernels["name"];
	/**
	 * Check options as far as they can be wrong for this model, before any picture: also the layers, the stride and the
	 * input size. Each call does the same with its own.
	 *
	 * @throws DinosegError OPTION_INVALID
	 */
	validate(options: PartialOptions): void;
	/**
	 * Segment one picture.
	 *
	 * @throws DinosegError with any code of `docs/errors.md` that starts with OPTION, INPUT, IMAGE, CLUSTERS or MODEL; ABORTED, DISPOSED.
	 */
	segment(input: Input | RawPixels, options?: SegmentCallOptions): Promise<SegmentResult>;
	/**
	 * Segment one picture, and also into every number of clusters or regions of a range: what was computed before serves for all.
	 *
	 * @param range   1 to 30 numbers; one of them is chosen.
	 * @param options those of `result`.
	 * @returns its `maps` must be read before `dispose`.
	 * @throws DinosegError as `segment`.
	 */
	sweep(input: Input | RawPixels, range: ClusterRange, options?: SegmentCallOptions): Promise<SweepResult>;
	/**
	 * Segment one picture into the clusters of a codebook, which gives all pictures the same ids, names and colours.
	 *
	 * @param codebook made by this model in this precision.
	 * @param options  what the codebook decides (`CODEBOOK_OPTION_KEYS`) does not count, but `clusters` of regions.
	 * @throws DinosegError as `segment`; CODEBOOK_INVALID for a codebook of another model.
	 */
	apply(
		input: Input | RawPixels,
		codebook: CodebookClusters,
		options?: ApplyCallOptions<Input>,
	): Promise<SegmentResult>;
	/** What a codebook needs to know of one picture: to be added to that of others. Errors as `segment`. */
	summarise(input: Input | RawPixels, options?: SegmentCallOptions): Promise<CodebookPart>;
	/**
	 * Find the clusters that are common to all pictures of a summary.
	 *
	 * @throws DinosegError as `fitCodebook`; ABORTED
	 */
	fit(part: CodebookPart, call?: Pick<SegmentCallOptions, "signal" | "onEvent">): Promise<CodebookFit>;
	/**
	 * Add pictures to a codebook, whose ids, names and colours stay.
	 *
	 * @throws DinosegError as `updateCodebook`; CODEBOOK_INVALID where the summary was made otherwise; ABORTED
	 */
	update(
		codebook: Codebook,
		part: CodebookPart,
		call?: Pick<SegmentCallOptions, "signal" | "onEvent">,
	): Promise<CodebookFit>;
	/** The pixels of one picture, as `segment` takes them, in memory of the caller's own. No network runs. Errors as there. */
	decode(input: Input | RawPixels, options?: SegmentCallOptions): Promise<DecodedImage>;
	/** The token grid of one picture: what `segment` clusters. Errors as there. */
	features(input: Input | RawPixels, options?: SegmentCallOptions): Promise<TokenGrid>;
	/** Wait for the run in progress, then free the network. Later calls fail with DISPOSED. */
	dispose(): Promise<void>;
}
