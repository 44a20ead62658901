/** What the thread of a segmenter and the one that uses it say to each other. */

import type { MessagePort } from "node:worker_threads";
import type { SegmentationEvent } from "@dinoseg/core";
import type { ClusterChoice } from "@dinoseg/core/cluster";
import type { Codebook, CodebookClusters, CodebookFit, CodebookPart } from "@dinoseg/core/codebook";
import type { DecodedImage, RawPixels } from "@dinoseg/core/engine";
import type { ErrorJson } from "@dinoseg/core/errors";
import type { ModelConfig } from "@dinoseg/core/model";
import type { ModelOptions, PartialOptions } from "@dinoseg/core/options";
import type { ExportedResult, ModelIdentity, ResultFacts, ResultOutput } from "@dinoseg/core/result";
import type { Segmentation, SweepMap } from "@dinoseg/core/segment";
import type { TokenGrid } from "@dinoseg/core/tensor";
import type { Kernels } from "@dinoseg/kernels";
import type { ResolvedModel } from "../model/index.ts";
import type { NamedBytes } from "./decoder.ts";

/** What the thread is started with. */
export interface EngineSetup extends Pick<ModelOptions, "dtype" | "device"> {
	readonly model: ResolvedModel;
	readonly sessions: number;
	readonly threads: number;
	readonly cache: boolean;
	readonly cacheFolder: string;
	readonly cacheBytes: number;
	readonly memoryBytes: number;
	/** See `createExitState`. */
	readonly exitState: SharedArrayBuffer;
	/** See `tellTemporaryNotes`. */
	readonly files: MessagePort;
}

/** A picture as it crosses: URLs are paths by then. */
export type SentInput = string | Uint8Array | NamedBytes | RawPixels;

/** One call of a segmenter. */
export interface CallRequest {
	readonly type: "call";
	readonly id: number;
	readonly method: "segment" | "sweep" | "decode" | "features" | "apply" | "summarise" | "render";
	readonly input: SentInput;
	readonly options: PartialOptions;
	/** Of a sweep. */
	readonly range?: { readonly min: number; readonly max: number } | undefined;
	/** Of `apply`. */
	readonly codebook?: CodebookClusters | undefined;
	readonly beside?: readonly { readonly input: SentInput; readonly page?: number | undefined }[] | undefined;
	/** Of `render`. */
	readonly outputs?: readonly ResultOutput[] | undefined;
	/** True if somebody listens to events. */
	readonly tells: boolean;
	/** One int32: not 0 once the call is cancelled. */
	readonly cancelled: SharedArrayBuffer;
}

/** A codebook is to be made, or one to be made anew with more pictures. */
export interface FitRequest extends Pick<CallRequest, "id" | "tells" | "cancelled"> {
	readonly type: "fit";
	readonly part: CodebookPart;
	/** To be updated. @default a new one is fitted */
	readonly codebook?: Codebook | undefined;
}

export type EngineRequest =
	| CallRequest
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

export interface EngineReady {
	readonly type: "ready";
	readonly model: ModelIdentity & { readonly config: ModelConfig };
	readonly kernels: Kernels["name"];
}

export type EngineReply =
	| EngineReady
	/** It could not start. */
	| { readonly type: "broken"; readonly error: ErrorJson }
	| { readonly type: "event"; readonly id: number; readonly event: SegmentationEvent }
	| {
			readonly type: "done";
			readonly id: number;
			readonly value:
				| SentResult
				| SentSweep
				| DecodedImage
				| TokenGrid
				| SentMap
				| CodebookPart
				| CodebookFit
				| readonly ExportedResult[]
				| undefined;
	  }
	| { readonly type: "failed"; readonly id: number; readonly error: ErrorJson };

/** None after the last one. */
export interface SentMap {
	readonly map: SweepMap | undefined;
}
