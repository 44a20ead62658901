import type { CancelSignal, DecodedImage, DecodedPixels, Decoder, DecodingOptions } from "./ports.ts";
import type { RecentMemory } from "./recent-memory.ts";
import { decodedKey } from "./token-key.ts";

/** Reads and decodes a file. */
export type FileReader<Input> = (
	input: Input,
	options: DecodingOptions,
	signal: CancelSignal | undefined,
) => Promise<DecodedImage>;

/** A decoder in front of which the last pixels are kept: files are read each time, known bytes are not decoded again. */
export function rememberPixels<Input>(decoder: Decoder<Input>, memory: RecentMemory<DecodedPixels>): FileReader<Input> {
	return async (input, options, signal) => {
		const { decode, ...identity } = await decoder.read(input, options, signal);
		const key = decodedKey(identity, options);
		const known = memory.get(key);
		if (known) {
			return { ...identity, ...known };
		}
		const pixels = await decode();
		memory.set(key, pixels);
		return { ...identity, ...pixels };
	};
}
