import type { Stage, Warning } from "../events.ts";
import type { RgbImage, StretchRange } from "../image/index.ts";
import type { Georeference, SegmentNames, SegmentStatistics } from "../labels/index.ts";
import type { Dtype, PixelSize, SegmentationOptions } from "../options/index.ts";
import type { Segmentation } from "../segment/index.ts";
import type { TokenGrid } from "../tensor/index.ts";

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
	/** Relative path, or none for bytes and pixels. */
	readonly path: string | null;
	/** sha256 of the encoded bytes, or of the pixels, hex. */
	readonly sha256: string;
	readonly width: number;
	readonly height: number;
	/** Number of the page that it is, 1-based. @default the file has one picture */
	readonly page?: number;
	/** The sample values that became black and white. @default the samples were not stretched */
	readonly stretch?: StretchRange;
	/** Where its pixels lie, if it is a GeoTIFF. @default not known */
	readonly georeference?: Georeference;
	/** What a pixel shows, as the option or the file says. @default not known */
	readonly pixelSize?: PixelSize;
	/** The id of the pixels that have no data and belong to no segment, and how many they are. @default every pixel has */
	readonly noData?: { readonly id: number; readonly pixels: number };
}

/** A codebook, as a result names it. */
export interface AppliedBook {
	/** As `codebookDigest`. */
	readonly digest: string;
	readonly clusters: number;
	/** Share of the picture that is unlike all that the codebook was fitted to, 0 to 1. */
	readonly unlike: number;
	/** Whether its tokens were averaged with those of the frames beside it. */
	readonly steady: boolean;
}

/** Milliseconds of each stage, and of all of them. `load` (getting the network ready) is apart from `total`. */
export type Timings = Readonly<Record<Stage | "load" | "total", number>>;

/** Everything that is known about one segmented picture. */
export type SegmentResult = Segmentation & ResultFacts;

/** What is known beside the segmentation itself. */
export interface ResultFacts {
	readonly input: InputIdentity;
	readonly model: ModelIdentity;
	readonly options: SegmentationOptions;
	/** The picture as decoded, (height, width, 3). Pixels without data have the mean colour of all others. */
	readonly image: RgbImage;
	/** After the median blur, (height, width, 3). */
	readonly blurred: RgbImage;
	/** What was clustered: after `repair` and `debias`, with the norms that the network gave. */
	tokens(): TokenGrid;
	/** One entry per id of `labels`, none for its background. */
	readonly segments: readonly SegmentStatistics[];
	/** The codebook whose clusters the segments are. @default the picture has clusters of its own */
	readonly codebook?: AppliedBook;
	/** True where `labels` and `segments` are no longer those of the segmentation, but what somebody made of them. @default false */
	readonly isEdited?: boolean;
	/** What `nameSegments` gave. @default every segment has its default name and colour */
	readonly names?: SegmentNames;
	readonly warnings: readonly Warning[];
	readonly timings: Timings;
}
