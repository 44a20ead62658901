import type { SegmentsDocument } from "@dinoseg/core/labels";
import { RESULT_MARKER, type ResultFileOptions, renderResultFiles, type SegmentResult } from "@dinoseg/core/result";
import { encodePng } from "@dinoseg/node";
import { findWantedResult, type WantedResult } from "@dinoseg/node/results";
import type { Storage } from "./storage.ts";

/** Larger manifests are none, bytes. */
const LARGEST_MARKER = 2 ** 28;

export interface PutOptions extends Pick<ResultFileOptions<Uint8Array>, "kernels" | "sweep" | "figure"> {
	/** Remove an older result first. @default there is none */
	readonly replaces?: boolean;
}

/** A file of a result that was put. */
export interface PutFile {
	readonly name: string;
	readonly content: Uint8Array;
}

/**
 * Put a result into a storage: the files of `saveResult`. One is made after the other, and is on its way while the next is
 * made. `segments.json` is the last, and that of an older result is removed first: it is there beside a complete result only.
 *
 * @param folder key of the result, without a slash at its end.
 * @param onFile is told of each file when it is there.
 * @throws DinosegError STORAGE_*, OPTION_INVALID for a name that the storage cannot have
 */
export async function putResult(
	result: SegmentResult,
	storage: Storage,
	folder: string,
	{ replaces = false, ...rendering }: PutOptions = {},
	onFile?: (file: PutFile) => void,
): Promise<void> {
	const { files, obsolete } = renderResultFiles(result, { encodePng, ...rendering });
	if (replaces) {
		await storage.remove([`${folder}/${RESULT_MARKER}`]);
		await storage.remove(obsolete.map((name) => `${folder}/${name}`));
	}
	const putting: Promise<void>[] = [];
	const put = async (name: string, content: Uint8Array): Promise<void> => {
		await storage.put(`${folder}/${name}`, content);
		onFile?.({ name, content });
	};
	try {
		for (const [name, make] of files) {
			const content = await make();
			if (name === RESULT_MARKER) {
				await Promise.all(putting);
			}
			putting.push(put(name, content));
			// It is looked at when the others are done.
			putting.at(-1)?.catch(() => undefined);
		}
	} finally {
		await Promise.allSettled(putting);
	}
	await Promise.all(putting);
}

/**
 * As `findWantedResult`, in a storage.
 *
 * @param folder key of the result.
 * @throws DinosegError OUTPUT_EXISTS that names what differs, STORAGE_*
 */
export async function findPutResult(
	storage: Storage,
	folder: string,
	wanted: WantedResult,
): Promise<SegmentsDocument | undefined> {
	return findWantedResult(`${storage.uri}/${folder}`, wanted, () =>
		storage.get(`${folder}/${RESULT_MARKER}`, { maxBytes: LARGEST_MARKER }),
	);
}
