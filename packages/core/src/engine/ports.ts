/** What the engine takes from its surroundings. `@dinoseg/node` has adapters for Node. */
import type { AbortState } from "../abort.ts";
import type { Warning } from "../events.ts";
import type { RgbImage, StretchRange } from "../image/index.ts";
import type { Georeference } from "../labels/index.ts";
import type { NetworkVariant, PlaceInputs } from "../model/index.ts";
import type { PixelSize, SegmentationOptions } from "../options/index.ts";
import type { TokenGrid } from "../tensor/index.ts";

/** What is heard of an `AbortSignal`. Every one fits; core takes no types from a platform. */
export interface CancelSignal extends AbortState {
	addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void;
	removeEventListener(type: "abort", listener: () => void): void;
}

/** What is known of a file before it is decoded. */
export interface ImageIdentity {
	/** How messages call it. */
	readonly name: string;
	/** Path that says nothing about the machine; null for bytes. */
	readonly path: string | null;
	/** Digest of the encoded bytes, hex. */
	readonly sha256: string;
}

/** What decoding gives. */
export interface DecodedPixels {
	/** sRGB, 8 bits, upright. */
	readonly image: RgbImage;
	/** Number of the page, 1-based. @default the file has one picture */
	readonly page?: number;
	/** Where its pixels lie. @default not known */
	readonly georeference?: Georeference;
	/** What a pixel shows, as the file says. @default not known */
	readonly pixelSize?: PixelSize;
	/** The sample values that became black and white. @default the samples were not stretched */
	readonly stretch?: StretchRange;
	/**
	 * 1 where the picture has data, 0 where it has none: there `image` has the mean colour of all else. Shape
	 * (height, width).
	 *
	 * @default every pixel has
	 */
	readonly valid?: Uint8Array;
	readonly warnings: readonly Warning[];
}

/** A decoded picture, and what is known of the file. */
export interface DecodedImage extends ImageIdentity, DecodedPixels {}

/** A file that was read. */
export interface EncodedImage extends ImageIdentity {
	/**
	 * Its pixels, in memory of the caller's own.
	 *
	 * @throws DinosegError IMAGE_*, PAGE_NOT_FOUND, ABORTED
	 */
	decode(): Promise<DecodedPixels>;
}

/** The options that decide the pixels of a picture. */
export type DecodingOptions = Pick<SegmentationOptions, "bands" | "maxPixels" | "nodata" | "page" | "stretch">;

/** Makes pixels of files. `Input` is what it can read: paths, bytes, blobs. */
export interface Decoder<Input> {
	/**
	 * Read a file. Its pixels are made when they are asked for, for an engine may know them.
	 *
	 * @throws DinosegError INPUT_*, ABORTED
	 */
	read(input: Input, options: DecodingOptions, signal?: CancelSignal): Promise<EncodedImage>;
}

/** One run of a network on one picture. */
export interface NetworkInput {
	readonly variant: NetworkVariant;
	/** Normalised, shape (3, height, width). Its memory is given away. */
	readonly pixels: Float32Array;
	/** Sides of the input, pixels. */
	readonly width: number;
	readonly height: number;
	/** The network's inputs beside the pixels. They may be those of other runs too. */
	readonly places: PlaceInputs;
}

/** What a run gives, and what getting the network ready for it took. */
export interface NetworkOutput {
	/** Shape (rows, cols, dim). */
	readonly tokens: Float32Array;
	/** Length of each token before the last LayerNorm. Shape (rows, cols). */
	readonly norms: Float32Array;
	/** Milliseconds before the run that loading took; 0 if the network was there. */
	readonly loadMs: number;
	/** About loading it now. */
	readonly warnings: readonly Warning[];
}

/** The networks of one model: each variant is a graph of its own, loaded when it is first needed. */
export interface Networks {
	/**
	 * A signal drops the result; what already runs may go on to its end.
	 *
	 * @throws DinosegError MODEL_RUN_FAILED, ABORTED, DISPOSED; OUTPUT_UNWRITABLE, MODEL_TENSOR_INVALID when weights are quantised
	 */
	run(input: NetworkInput, signal?: CancelSignal): Promise<NetworkOutput>;
	/** Wait for the runs in progress and free all networks. */
	dispose(): Promise<void>;
}

/** Keeps tokens beyond the life of an engine. */
export interface TokenStore {
	/** A grid of its own for the caller; undefined if there is none, or a damaged one. */
	get(key: string): Promise<TokenGrid | undefined>;
	/** @returns a warning if it cannot be kept: nothing here fails a run. */
	set(key: string, grid: TokenGrid): Promise<Warning | undefined>;
}

/** sha256 of some bytes, 64 lower-case hexadecimal digits. */
export type Digest = (bytes: Uint8Array) => Promise<string>;
