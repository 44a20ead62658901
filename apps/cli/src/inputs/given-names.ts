import type { SegmentNames } from "@dinoseg/core/labels";
import type { ParsedFlags } from "../flags/read-flags.ts";

/**
 * The names of `--names`, or of the codebook that is used; none without both. What reads a table loads only where there is one.
 *
 * @throws DinosegError as `readNames`
 */
export async function givenNames(
	{ names }: { readonly names?: string },
	{ used }: Pick<ParsedFlags, "used"> = {},
): Promise<SegmentNames> {
	if (used !== undefined) {
		return used.codebook.names;
	}
	return names === undefined ? new Map() : (await import("./read-names.ts")).readNames(names);
}
