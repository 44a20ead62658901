/** What the thread of a segmenter is started with, and what crosses to it. */

import type { MessagePort } from "node:worker_threads";
import type { ModelOptions } from "@dinoseg/core/options";
import type { ResolvedModel } from "../model/index.ts";
import type { NamedBytes } from "./decoder.ts";

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

/** An encoded picture as it crosses: URLs are paths by then. */
export type SentInput = string | Uint8Array | NamedBytes;
