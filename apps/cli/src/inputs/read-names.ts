import { DinosegError } from "@dinoseg/core/errors";
import { parseNames, type SegmentNames } from "@dinoseg/core/labels";
import { readInput } from "@dinoseg/node";

/**
 * Read what `--names` names.
 *
 * @throws DinosegError NAMES_INVALID; of reading the file
 */
export async function readNames(path: string): Promise<SegmentNames> {
	return parseNames(decodeText((await readInput(path)).bytes, path), path);
}

/** Bytes of another encoding would become names that nobody wrote. */
function decodeText(bytes: Uint8Array, path: string): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new DinosegError("NAMES_INVALID", `${path}: is not UTF-8. Save it as CSV in UTF-8.`, { cause });
	}
}
