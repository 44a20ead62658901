import type { RawPixels } from "@dinoseg/core/engine";
import type { ModelOptions } from "@dinoseg/core/options";
import type { RemoteEngine } from "@dinoseg/core/remote";
import type { TemporaryFiles } from "../files/index.ts";
import type { ResolveModelOptions } from "../model/index.ts";
import type { EncodedInput } from "./decoder.ts";

/** What a segmenter takes about its network (see `MODEL_OPTIONS`), and how it works. */
export interface SegmenterOptions extends Partial<ModelOptions> {
	/** How a download is followed or cancelled, and how the hub is reached. @default the environment's settings */
	readonly hub?: ResolveModelOptions;
	/**
	 * Network sessions, which compute one picture each. One is right for single pictures; for many, as many as are
	 * segmented at once. Each holds the weights: fewer are opened where the free memory holds no more. The result does
	 * not depend on it. @default 1
	 */
	readonly sessions?: number;
	/** Threads inside each session. The result does not depend on it. @default the cores of the machine / sessions */
	readonly threads?: number;
	/**
	 * Keep tokens on disk, so that other clusterings of a picture need no network run, and the last ones, as they are and
	 * after PCA, in memory, with the last small pictures and their clusterings. @default true
	 */
	readonly cache?: boolean;
	/** Folder of the caches. @default DINOSEG_CACHE, else the platform's cache folder + "/dinoseg" */
	readonly cacheFolder?: string;
	/** Bytes of tokens on disk; the least recently used go first. @default 2 GiB */
	readonly cacheBytes?: number;
	/**
	 * Bytes of tokens in memory, as many after PCA, and a quarter each of decoded pictures, of blurred ones and of
	 * clusterings. @default 64 MiB
	 */
	readonly memoryBytes?: number;
	/** Registry of half-written files, for programs that clean up on an interrupt. @default a list of its own */
	readonly temporaryFiles?: TemporaryFiles;
}

/** A picture: a path, a `file:` URL, the bytes of a file, or pixels. */
export type SegmentInput = EncodedInput | RawPixels;

/** A model in a thread of its own, ready to segment pictures: one after the other, or several at once. */
export type Segmenter = RemoteEngine<EncodedInput>;
