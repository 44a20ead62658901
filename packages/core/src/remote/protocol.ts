/** What the thread of an engine and the one that uses it say to each other. `Sent` is a picture as it crosses. */

import type { ClusterChoice } from "../cluster/index.ts";
import type { Codebook, CodebookClusters, CodebookFit, CodebookPart } from "../codebook/index.ts";
import type { DecodedImage, Engine, RawPixels } from "../engine/index.ts";
import type { ErrorJson } from "../errors/index.ts";
import type { SegmentationEvent } from "../events.ts";
import type { ClusterRange, PartialOptions } from "../options/index.ts";
import type { ExportedResult, ResultFacts, ResultOutput } from "../result/index.ts";
import type { Segmentation, SweepMap } from "../segment/index.ts";
import type { TokenGrid } from "../tensor/index.ts";

/** One call of an engine. */
export interface CallRequest<Sent> {
	readonly type: "call";
	readonly id: number;
	readonly method: "segment" | "sweep" | "decode" | "features" | "apply" | "summarise" | "render";
	readonly input: Sent | RawPixels;
	readonly options: PartialOptions;
	/** Of a sweep. */
	readonly range?: ClusterRange | undefined;
	/** Of `apply`. */
	readonly codebook?: CodebookClusters | undefined;
	readonly beside?: readonly { readonly input: Sent | RawPixels; readonly page?: number | undefined }[] | undefined;
	/** Of `render`. */
	readonly outputs?: readonly ResultOutput[] | undefined;
	/** True if somebody listens to events. */
	readonly tells: boolean;
	/** One int32: not 0 once the call is cancelled. @default threads share no memory here: a cancel is a message alone */
	readonly cancelled?: SharedArrayBuffer | undefined;
}

/** A codebook is to be made, or one to be made anew with more pictures. */
export interface FitRequest extends Pick<CallRequest<never>, "id" | "tells" | "cancelled"> {
	readonly type: "fit";
	readonly part: CodebookPart;
	/** To be updated. @default a new one is fitted */
	readonly codebook?: Codebook | undefined;
}

export type EngineRequest<Sent> =
	| CallRequest<Sent>
	| FitRequest
	/** Wakes what waits; what computes looks at the flag. */
	| { readonly type: "cancel"; readonly id: number }
	/** The next map of a sweep, answered under an id of its own. */
	| { readonly type: "map"; readonly id: number; readonly sweep: number }
	/** No more maps are asked for. */
	| { readonly type: "forget"; readonly sweep: number }
	/** Answered by the end of the thread, after all that runs. */
	| { readonly type: "dispose" };

/** A result without its method. */
export type SentResult = Segmentation & Omit<ResultFacts, "tokens"> & { readonly tokenGrid: TokenGrid };

export interface SentSweep {
	readonly result: SentResult;
	readonly choice: ClusterChoice;
}

/** None after the last one. */
export interface SentMap {
	readonly map: SweepMap | undefined;
}

/** The engine is there: what is known of it without asking. */
export interface EngineReady extends Pick<Engine<never>, "model" | "kernels"> {
	readonly type: "ready";
}

/** What a request is answered with. */
export type EngineAnswer =
	| SentResult
	| SentSweep
	| SentMap
	| DecodedImage
	| TokenGrid
	| CodebookPart
	| CodebookFit
	| readonly ExportedResult[];

export type EngineReply =
	| EngineReady
	/** It could not start. */
	| { readonly type: "broken"; readonly error: ErrorJson }
	| { readonly type: "event"; readonly id: number; readonly event: SegmentationEvent }
	| { readonly type: "done"; readonly id: number; readonly value: EngineAnswer }
	| { readonly type: "failed"; readonly id: number; readonly error: ErrorJson };
