import { throwIfAborted } from "@dinoseg/core";
import type { CancelSignal, DecodedPixels, Decoder, DecodingOptions } from "@dinoseg/core/engine";
import type { PageOption } from "@dinoseg/core/options";
import { portablePath } from "../files/index.ts";
import { decodeImage } from "../image/decode.ts";
import { hashBytes, type InputFile, readInput } from "../image/read-input.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { createStackReader } from "./stack-reader.ts";

/** The bytes of an encoded picture, and what messages and results call it. */
export interface NamedBytes {
	/** For instance `s3://bucket/photo.jpg`. */
	readonly name: string;
	readonly bytes: Uint8Array;
}

/** A path, a `file:` URL, or the bytes of an encoded picture. */
export type EncodedInput = string | URL | Uint8Array | ArrayBuffer | NamedBytes;

/** Bytes of pixels from which on what decoding left behind is worth to be collected: some eleven megapixels. */
const LARGE_BYTES = 32e6;

/** Reads and decodes files. What a cancel leaves undecoded goes on in the background, and nobody waits for it. */
export function createDecoder(): Decoder<string | Uint8Array | NamedBytes> {
	const stacks = createStackReader();
	const readFileOf = (path: string, page: PageOption): Promise<InputFile> => {
		if (page !== "first") {
			return stacks.read(path);
		}
		stacks.forget();
		return readInput(path);
	};
	return {
		read: async (input, options, signal) => {
			const { page } = options;
			const { bytes, sha256 } =
				typeof input === "string"
					? await untilAborted(signal, () => readFileOf(input, page))
					: hashBytes(input instanceof Uint8Array ? input : input.bytes);
			throwIfAborted(signal);
			const path = nameOf(input);
			const name = path ?? "the picture";
			return {
				name: page === "first" ? name : `${name}, page ${page}`,
				path: path === undefined ? null : portablePath(path, process.cwd()),
				sha256,
				decode: () => untilAborted(signal, () => decode(bytes, { ...options, name })),
			};
		},
	};
}

/** What an input is called; bytes alone have no name. */
function nameOf(input: string | Uint8Array | NamedBytes): string | undefined {
	if (typeof input === "string") {
		return input;
	}
	return input instanceof Uint8Array ? undefined : input.name;
}

async function decode(bytes: Uint8Array, options: DecodingOptions & { readonly name: string }): Promise<DecodedPixels> {
	const { format: _, ...pixels } = await decodeImage(bytes, options);
	if (pixels.image.data.length > LARGE_BYTES) {
		// The library lets go of its own pixels in the next turn of the event loop.
		await new Promise((resolve) => setImmediate(resolve));
		collectGarbage();
	}
	return pixels;
}

async function untilAborted<T>(signal: CancelSignal | undefined, work: () => Promise<T>): Promise<T> {
	if (signal === undefined) {
		return work();
	}
	let stop = (): void => {};
	const aborted = new Promise<never>((_resolve, reject) => {
		stop = () => {
			try {
				throwIfAborted(signal);
			} catch (error) {
				reject(error);
			}
		};
	});
	signal.addEventListener("abort", stop, { once: true });
	try {
		return await Promise.race([work(), aborted]);
	} finally {
		signal.removeEventListener("abort", stop);
	}
}
