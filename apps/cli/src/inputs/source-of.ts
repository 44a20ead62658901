import type { NamedBytes } from "@dinoseg/node/segmenter";
import { isBucketUri } from "../buckets/bucket-uri.ts";
import type { CommandContext } from "../commands/context.ts";

/** The input that stands for stdin. A file of that name is `./-`. */
export const STDIN = "-";

/**
 * What an input is read from: its path, or the bytes of stdin or of an object in a bucket.
 *
 * @throws DinosegError as `readStdin`, `readObject`
 */
export async function sourceOf(
	context: CommandContext,
	{ input, bytes }: { readonly input: string; readonly bytes?: Uint8Array },
): Promise<string | Uint8Array | NamedBytes> {
	return input === STDIN
		? (bytes ?? (await import("./read-stdin.ts")).readStdin(context.stdin))
		: fileSource(context, input);
}

/**
 * What a file is read from: its path, or the bytes of an object in a bucket.
 *
 * @throws DinosegError as `readObject`
 */
export async function fileSource(context: CommandContext, input: string): Promise<string | NamedBytes> {
	if (!isBucketUri(input)) {
		return input;
	}
	const { readObject } = await import("../buckets/read-object.ts");
	return { name: input, bytes: await readObject(context, input) };
}
