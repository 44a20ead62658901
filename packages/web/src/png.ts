import type { RgbImage } from "@dinoseg/core/image";
import { encodePicturePng, type GreyImage } from "@dinoseg/core/result";

/**
 * A picture as PNG by the platform's own compression, in pages, workers and Node.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function encodePng(image: RgbImage | GreyImage): Promise<Uint8Array> {
	return encodePicturePng(image, deflate);
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
	// The filtered rows have memory of their own, which no other thread sees.
	const compressed = new Blob([bytes as Uint8Array<ArrayBuffer>])
		.stream()
		.pipeThrough(new CompressionStream("deflate"));
	return new Uint8Array(await new Response(compressed).arrayBuffer());
}
