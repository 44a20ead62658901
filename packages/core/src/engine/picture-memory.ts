import type { RgbImage } from "../image/index.ts";
import { createRecentMemory, type RecentMemory } from "./recent-memory.ts";

/** A picture, and what else is known of it. */
interface Remembered {
	readonly image: RgbImage;
	readonly valid?: Uint8Array;
}

/**
 * A memory of pictures. What is kept and what is given are copies, for callers may write to the pixels of a result or
 * give them to another thread.
 *
 * @param maxBytes of all pictures together; a larger one is not even copied.
 */
export function createPictureMemory<T extends Remembered>(maxBytes: number): RecentMemory<T> {
	const memory = createRecentMemory<T>(pictureBytes, maxBytes);
	return {
		get(key) {
			const known = memory.get(key);
			return known && copyPicture(known);
		},
		set(key, picture) {
			if (pictureBytes(picture) <= maxBytes) {
				memory.set(key, copyPicture(picture));
			}
		},
	};
}

function pictureBytes({ image, valid }: Remembered): number {
	return image.data.byteLength + (valid?.byteLength ?? 0);
}

function copyPicture<T extends Remembered>(picture: T): T {
	const { image, valid } = picture;
	return { ...picture, image: { ...image, data: copyOf(image.data) }, ...(valid ? { valid: copyOf(valid) } : {}) };
}

/** Not by `slice`: that of a Node Buffer shares its memory. */
function copyOf(bytes: Uint8Array): Uint8Array {
	return new Uint8Array(bytes);
}
