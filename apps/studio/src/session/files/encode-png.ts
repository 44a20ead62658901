import type { RgbImage } from "@dinoseg/core/image";
import { encodePicturePng, type GreyImage } from "@dinoseg/core/result";

/** Encode a picture as PNG with the platform's own compression, in browsers, workers and Node. */
export function encodePng(image: RgbImage | GreyImage): Promise<Uint8Array> {
	return encodePicturePng(image, deflate);
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
	// The copy has memory that no other thread writes to, which the platform asks for.
	const compressed = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream("deflate"));
	return new Uint8Array(await new Response(compressed).arrayBuffer());
}
