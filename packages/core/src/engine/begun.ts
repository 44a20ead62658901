import type { Kernels } from "@dinoseg/kernels";
import type { RgbImage } from "../image/index.ts";
import type { SegmentationOptions } from "../options/index.ts";
import type { StageRecorder } from "../segment/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
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

/** A picture, and its tokens as they are segmented. */
export interface SegmentInput {
	readonly source: DecodedImage;
	readonly blurred: RgbImage;
	/** Where its tokens lie. */
	readonly grid: Omit<TokenGrid, "data" | "norms">;
	/** The tokens after repair and debias. Nobody may write to them. */
	tokens(): TokenGrid;
	/** Equal for equal tokens. */
	readonly key: string;
	/** Milliseconds that getting the network ready took. */
	readonly loadMs: number;
}
