import type { CommandContext } from "../commands/context.ts";

/** The input that stands for stdin. A file of that name is `./-`. */
export const STDIN = "-";

/**
 * What an input is read from: its path, or the bytes of stdin.
 *
 * @throws DinosegError as `readStdin`
 */
export async function sourceOf(
	{ stdin }: CommandContext,
	{ input, bytes }: { readonly input: string; readonly bytes?: Uint8Array },
): Promise<string | Uint8Array> {
	return input === STDIN ? (bytes ?? (await import("./read-stdin.ts")).readStdin(stdin)) : input;
}
