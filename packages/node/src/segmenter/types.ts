import type {
	ModelConfig,
	PartialOptions,
	RgbImage,
	Segmentation,
	SegmentationListener,
	SegmentationOptions,
	SegmentStatistics,
	Stage,
	TokenGrid,
	Warning,
} from "@dinoseg/core";

export interface SegmenterOptions {
	/** `tiny`, or a folder with `config.json` and `model.safetensors`. @default "tiny" */
	readonly model?: string;
	/** Threads inside one network run. The result does not depend on it. @default the cores of the machine */
	readonly threads?: number;
	/** Keep tokens on disk, so that other clusterings of a picture need no network run. @default true */
	readonly cache?: boolean;
	/** Folder of the caches. @default DINOSEG_CACHE, else the platform's cache folder + "/dinoseg" */
	readonly cacheFolder?: string;
}

/** Options of one call: those of the pipeline, and how to follow or cancel it. */
export type SegmentCallOptions = PartialOptions & {
	readonly signal?: AbortSignal;
	readonly onEvent?: SegmentationListener;
};

/** A path, or the bytes of an encoded picture. */
export type SegmentInput = string | Uint8Array;

/** Which weights made a result. */
export interface ModelIdentity {
	/** As it was asked for; of a folder its last part. */
	readonly name: string;
	/** sha256 over the weights and their configuration, hex. */
	readonly digest: string;
	/** Revision on a model hub; none for a local folder. */
	readonly revision: string | null;
	/** Precision of the computation. */
	readonly dtype: "fp32";
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
	readonly tokens: TokenGrid;
	/** One entry per id of `labels`. */
	readonly segments: readonly SegmentStatistics[];
	readonly warnings: readonly Warning[];
	readonly timings: Timings;
}

/** A model, ready to segment pictures one after the other. */
export interface Segmenter {
	readonly model: ModelIdentity & { readonly config: ModelConfig };
	/**
	 * Segment one picture.
	 *
	 * @throws DinosegError with any code of `docs/errors.md` that starts with OPTION, INPUT, IMAGE, CLUSTERS or MODEL; ABORTED, DISPOSED.
	 */
	segment(input: SegmentInput, options?: SegmentCallOptions): Promise<SegmentResult>;
	/** The token grid of one picture: what `segment` clusters. Errors as there. */
	features(input: SegmentInput, options?: SegmentCallOptions): Promise<TokenGrid>;
	/** Wait for the run in progress, then free the network. Later calls fail with DISPOSED. */
	dispose(): Promise<void>;
}
