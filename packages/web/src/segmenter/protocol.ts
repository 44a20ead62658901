/** What the worker of a segmenter is started with, and what it says beside the replies of its engine. */

import type { ModelOptions } from "@dinoseg/core/options";
import type { EngineReply, EngineRequest } from "@dinoseg/core/remote";
import type { SentInput } from "../image/decoder.ts";
import type { Device } from "../network/choose-runtime.ts";
import type { Runtime } from "../network/runtime.ts";

export interface EngineSetup extends Pick<ModelOptions, "dtype"> {
	/** A name, or the address of a folder. */
	readonly model: string;
	readonly device: Device;
	/** Threads that a network may have. */
	readonly mostThreads: number;
	readonly cache: boolean;
	readonly memoryBytes: number;
	readonly hubEndpoint: string;
}

/** The first message starts the engine. `lifeLine`: see `holdLifeLine`. */
export type WorkerRequest =
	| { readonly type: "open"; readonly setup: EngineSetup; readonly lifeLine: string }
	| EngineRequest<SentInput>;

export type WorkerReply =
	| EngineReply
	/** The life line is held. */
	| { readonly type: "alive" }
	/** What networks run on from now on. */
	| { readonly type: "runtime"; readonly runtime: Runtime }
	/** Bytes of a model's files that have arrived. */
	| { readonly type: "download"; readonly bytes: number; readonly totalBytes: number | undefined }
	/** Its threads did not start: another worker is to do with one. */
	| { readonly type: "threadless" }
	/** After `dispose`. */
	| { readonly type: "end" };
