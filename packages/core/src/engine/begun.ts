import type { Kernels } from "@dinoseg/kernels";
import type { SegmentationOptions } from "../options/index.ts";
import type { StageRecorder } from "../segment/index.ts";
import type { ComputedTokens } from "./compute-tokens.ts";
import type { CancelSignal, DecodedImage } from "./ports.ts";

/** A call whose options are checked. */
export interface Begun {
	readonly signal: CancelSignal | undefined;
	/** They look at the signal. */
	readonly kernels: Kernels;
	readonly recorder: StageRecorder;
	readonly settings: SegmentationOptions;
}

/** A picture, and what the network says of it. */
export interface Tokenized extends ComputedTokens {
	readonly source: DecodedImage;
}
