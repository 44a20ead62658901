/** The thread that reads headers of images: it can be ended at any time, which one that computes cannot. */
import { readFile } from "node:fs/promises";
import { type ErrorJson, errorToJson } from "@dinoseg/core/errors";
import { type ImageHeader, inspectImage } from "@dinoseg/node";

export interface Inspection {
	readonly path: string;
	readonly maxPixels: number;
}

export type Inspected = { readonly header: ImageHeader } | { readonly error: ErrorJson };

/** What a file says of itself. Errors are told as plain data, for they lose their code between threads. */
export default async function inspect({ path, maxPixels }: Inspection): Promise<Inspected> {
	try {
		return { header: await inspectImage(await readFile(path), { name: "The image", maxPixels }) };
	} catch (error) {
		return { error: errorToJson(error) };
	}
}
