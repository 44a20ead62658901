import type { Services } from "../app/services.ts";
import type { StoredImage } from "../store/images.ts";
import type { Upload } from "./receive-upload.ts";

/**
 * Keep an image that has arrived, once its header was read.
 *
 * @throws DinosegError as `inspectImage`; OUTPUT_UNWRITABLE
 */
export async function acceptImage(
	{ path, sha256, bytes }: Upload,
	{ images, inspector, maxPixels }: Pick<Services, "images" | "inspector" | "maxPixels">,
): Promise<StoredImage> {
	const known = await images.find(sha256);
	if (known !== undefined) {
		return known;
	}
	const { format, width, height, pages } = await inspector.inspect(path, maxPixels);
	const image: StoredImage = { id: sha256, width, height, format, pages, bytes };
	await images.put(image, path);
	return image;
}
