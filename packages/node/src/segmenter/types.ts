import type {
	ClusterRange,
	Dtype,
	Georeference,
	ModelConfig,
	PartialOptions,
	RgbImage,
	Segmentation,
	SegmentationListener,
	SegmentationOptions,
	SegmentNames,
	SegmentStatistics,
	Stage,
	Sweep,
	TokenGrid,
	Warning,
} from "@dinoseg/core";
import type { Kernels } from "@dinoseg/kernels";
import type { TemporaryFiles } from "../files/index.ts";
import type { ResolveModelOptions } from "../model/index.ts";

export interface SegmenterOptions {
	/**
	 * `tiny`, a folder with a checkpoint, or a name on the hub (see `parseModelName`), which is downloaded when it is not
	 * in the Hugging Face cache. @default "tiny"
	 */
	readonly model?: string;
	/** How a download is followed or cancelled, and how the hub is reached. @default the environment's settings */
	readonly hub?: ResolveModelOptions;
	/** Precision of the network. @default "fp32" */
	readonly dtype?: Dtype;
	/**
	 * Execution provider of onnxruntime: `cpu`, or what `listSupportedBackends()` of onnxruntime-node names. One that is
	 * absent is an error; there is no silent way back to the CPU. @default "cpu"
	 */
	readonly device?: string;
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
	 * after PCA, in memory. @default true
	 */
	readonly cache?: boolean;
	/** Folder of the caches. @default DINOSEG_CACHE, else the platform's cache folder + "/dinoseg" */
	readonly cacheFolder?: string;
	/** Registry of half-written files, for programs that clean up on an interrupt. @default a list of its own */
	readonly temporaryFiles?: TemporaryFiles;
}

/** Options of one call: those of the pipeline, and how to follow or cancel it. */
export type SegmentCallOptions = PartialOptions & {
	readonly signal?: AbortSignal;
	readonly onEvent?: SegmentationListener;
};

/** A path, a `file:` URL, or the bytes of an encoded picture. */
export type SegmentInput = string | URL | Uint8Array | ArrayBuffer;

/** Which weights made a result. */
export interface ModelIdentity {
	/** As it was asked for; of a folder its last part. */
	readonly name: string;
	/** sha256 over the weights and their configuration, hex. */
	readonly digest: string;
	/** Revision on a model hub; none for a local folder. */
	readonly revision: string | null;
	/** Precision of the computation. */
	readonly dtype: Dtype;
	/** True for the small model that comes with dinoseg, which is not DINOv2. */
	readonly bundled: boolean;
}

/** Where a picture came from. */
export interface InputIdentity {
	/** Relative path, or none for bytes. */
	readonly path: string | null;
	/** sha256 of the encoded bytes, hex. */
	readonly sha256: string;
	readonly width: number;
	readonly height: number;
	/** Where its pixels lie, if it is a GeoTIFF. @default not known */
	readonly georeference?: Georeference;
}

/** Milliseconds of each stage, and of all of them. `load` (getting the network ready) is apart from `total`. */
export type Timings = Readonly<Record<Stage | "load" | "total", number>>;

/** Everything that is known about one segmented picture. */
export interface SegmentResult extends Segmentation {
	readonly input: InputIdentity;
	readonly model: ModelIdentity;
	readonly options: SegmentationOptions;
	/** The picture as decoded, (height, width, 3). */
	readonly image: RgbImage;
	/** After the median blur, (height, width, 3). */
	readonly blurred: RgbImage;
	/** What was clustered: after `repair` and `debias`, with the norms that the network gave. */
	readonly tokens: TokenGrid;
	/** One entry per id of `labels`. */
	readonly segments: readonly SegmentStatistics[];
	/** What `nameSegments` gave. @default every segment has its default name and colour */
	readonly names?: SegmentNames;
	readonly warnings: readonly Warning[];
	readonly timings: Timings;
}

/** A segmented picture, and the same in every number of clusters of a range. */
export interface SweepResult extends Sweep {
	/** What `segment` gives. */
	readonly result: SegmentResult;
}

/** A model, ready to segment pictures: one after the other, or several at once. */
export interface Segmenter {
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
	segment(input: SegmentInput, options?: SegmentCallOptions): Promise<SegmentResult>;
	/**
	 * Segment one picture, and also into every number of clusters of a range: the tokens and their PCA serve for all.
	 *
	 * @param range   1 to 30 numbers; `options.criterion` chooses one of them.
	 * @param options those of `result`.
	 * @returns its `maps` must be read before `dispose`.
	 * @throws DinosegError as `segment`.
	 */
	sweep(input: SegmentInput, range: ClusterRange, options?: SegmentCallOptions): Promise<SweepResult>;
	/** The token grid of one picture: what `segment` clusters. Errors as there. */
	features(input: SegmentInput, options?: SegmentCallOptions): Promise<TokenGrid>;
	/** Wait for the run in progress, then free the network. Later calls fail with DISPOSED. */
	dispose(): Promise<void>;
}
