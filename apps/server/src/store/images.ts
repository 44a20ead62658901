import type { ImageHeader } from "@dinoseg/node";
import { z } from "@hono/zod-openapi";
import { unknownResource } from "../api/problems.ts";
import type { EntryStore } from "./entry-store.ts";

/** What is kept of an image beside its bytes. */
const storedSchema = z.strictObject({
	format: z.string(),
	width: z.int().min(1),
	height: z.int().min(1),
	pages: z.int().min(1),
	bytes: z.int().min(1),
});

/** An image that was sent. */
export interface StoredImage extends Omit<ImageHeader, "format"> {
	/** sha256 of its bytes, hex. */
	readonly id: string;
	readonly format: string;
	readonly bytes: number;
}

/** The images that were sent, by the digest of their bytes. */
export interface ImageStore {
	/** @returns undefined if it is not there. */
	find(id: string): Promise<StoredImage | undefined>;
	/** @throws DinosegError RESOURCE_UNKNOWN */
	get(id: string): Promise<StoredImage>;
	/** @throws DinosegError RESOURCE_UNKNOWN */
	read(id: string): Promise<Uint8Array>;
	/** Take a file over. */
	put(image: StoredImage, path: string): Promise<void>;
	/** Keep an image until the function that is returned is called. */
	hold(id: string): () => void;
	remove(id: string): Promise<void>;
}

/** Name of the kind among the entries of a store. */
export const IMAGES = "images";
/** The file of an image that is written last. */
export const IMAGE_MARKER = "image.json";
const BYTES = "bytes";

export function createImageStore(store: EntryStore): ImageStore {
	const entry = (id: string): string => `${IMAGES}/${id}`;
	const missing = (id: string) => unknownResource(`image ${id}`, "Send it again with POST /v1/images.");

	const find: ImageStore["find"] = async (id) => {
		const stored = await store.read(entry(id), IMAGE_MARKER);
		return stored && { id, ...storedSchema.parse(JSON.parse(new TextDecoder().decode(stored))) };
	};

	return {
		find,
		async get(id) {
			const image = await find(id);
			if (image === undefined) {
				throw missing(id);
			}
			return image;
		},
		async read(id) {
			const bytes = await store.read(entry(id), BYTES);
			if (bytes === undefined) {
				throw missing(id);
			}
			return bytes;
		},
		put: ({ id, ...stored }, path) =>
			store.adopt(entry(id), BYTES, path, new TextEncoder().encode(JSON.stringify(stored))),
		hold: (id) => store.hold(entry(id)),
		remove: (id) => store.remove(entry(id)),
	};
}
