import { DinosegError } from "@dinoseg/core/errors";
import { MAX_INPUT_BYTES } from "@dinoseg/node";
import type { InputStream } from "../commands/context.ts";

/**
 * Read the one image that stdin holds.
 *
 * @param most bytes above which no more is read.
 * @throws DinosegError INPUT_EMPTY; INPUT_UNREADABLE of a terminal, of more bytes, and if the system refuses.
 */
export async function readStdin(stdin: InputStream, most = MAX_INPUT_BYTES): Promise<Uint8Array> {
	if (stdin.isTTY) {
		throw unreadable("is a terminal, where no image comes from. Pipe one in: cat photo.jpg | dinoseg segment -");
	}
	const chunks: Uint8Array[] = [];
	let length = 0;
	try {
		for await (const chunk of stdin) {
			length += chunk.length;
			if (length > most) {
				break;
			}
			chunks.push(chunk);
		}
	} catch (cause) {
		throw unreadable(`cannot be read (${(cause as Error).message}). Name the file in place of -.`, cause);
	}
	if (length > most) {
		throw unreadable(`has more than ${most} bytes, which are not read. Save it compressed or smaller.`);
	}
	if (length === 0) {
		throw new DinosegError(
			"INPUT_EMPTY",
			"stdin: has zero bytes. Pipe the bytes of one image in: cat photo.jpg | dinoseg segment -",
		);
	}
	return new Uint8Array(Buffer.concat(chunks));
}

function unreadable(problem: string, cause?: unknown): DinosegError {
	return new DinosegError("INPUT_UNREADABLE", `stdin: ${problem}`, { cause });
}
