import { throwIfAborted } from "@dinoseg/core";
import type { Decoder } from "@dinoseg/core/engine";
import { DinosegError } from "@dinoseg/core/errors";
import { digest } from "../digest.ts";
import { decodeImage } from "./decode-image.ts";

/** An encoded picture: a file of the page, or its bytes. */
export type EncodedInput = Blob | Uint8Array | ArrayBuffer;

/** An encoded picture as it crosses to the worker. */
export type SentInput = Blob | Uint8Array;

/** Bytes above which a file is not read. */
const MAX_INPUT_BYTES = 2 ** 30;

/** Decodes files by what the browser has. */
export function createDecoder(): Decoder<SentInput> {
	return {
		async read(input, options, signal) {
			const path = "name" in input && typeof input.name === "string" ? input.name : null;
			const name = path ?? "the picture";
			const bytes = input instanceof Uint8Array ? input : await readBlob(input, name);
			throwIfAborted(signal);
			return {
				name: options.page === "first" ? name : `${name}, page ${options.page}`,
				path,
				sha256: await digest(bytes),
				async decode() {
					const decoded = await decodeImage(bytes, name, options);
					throwIfAborted(signal);
					return decoded;
				},
			};
		},
	};
}

async function readBlob(blob: Blob, name: string): Promise<Uint8Array> {
	if (blob.size > MAX_INPUT_BYTES) {
		throw new DinosegError(
			"INPUT_UNREADABLE",
			`${name}: has ${blob.size} bytes, at most ${MAX_INPUT_BYTES} are read. Save it compressed or smaller.`,
			{ details: { bytes: blob.size, max: MAX_INPUT_BYTES } },
		);
	}
	try {
		return new Uint8Array(await blob.arrayBuffer());
	} catch (cause) {
		const reason = (cause as Error).message;
		throw new DinosegError(
			"INPUT_UNREADABLE",
			`${name}: the browser cannot read the file (${reason}). It may have changed since it was chosen: choose it again.`,
			{ cause },
		);
	}
}
