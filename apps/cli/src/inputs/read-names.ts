import { DinosegError } from "@dinoseg/core/errors";
import { parseNames, type SegmentNames } from "@dinoseg/core/labels";
import { readInput } from "@dinoseg/node";

/**
 * Read what `--names` names.
 *
 * @param path none is an empty table.
 * @throws DinosegError NAMES_INVALID; of reading the file
 */
export async function readNames(path: string | undefined): Promise<SegmentNames> {
	return path === undefined ? new Map() : parseNames(decodeText((await readInput(path)).bytes, path), path);
}

/** Bytes of another encoding would become names that nobody wrote. */
function decodeText(bytes: Uint8Array, path: string): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new DinosegError("NAMES_INVALID", `${path}: is not UTF-8. Save it as CSV in UTF-8.`, { cause });
	}
}
