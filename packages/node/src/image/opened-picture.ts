import type { Warning } from "@dinoseg/core";

/** A picture that was opened by a decoder beside the image library: its sides are known, its pixels not yet read. */
export interface OpenedPicture {
	/** Sides of the upright picture, pixels. */
	readonly width: number;
	readonly height: number;
	readonly warnings: readonly Warning[];
	/** Straight alpha, shape (height, width, 4). Called once at most. */
	read(): Promise<Uint8Array>;
	/** The ICC profile of its colours. @default they are sRGB */
	readonly profile?: Uint8Array;
	/** Frees what the decoder holds. */
	close(): void;
}
