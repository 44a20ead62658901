import type { SegmentNames } from "@dinoseg/core/labels";

/**
 * The names of `--names`, none without it. What reads a table loads only where there is one.
 *
 * @throws DinosegError as `readNames`
 */
export async function givenNames({ names }: { readonly names?: string }): Promise<SegmentNames> {
	return names === undefined ? new Map() : (await import("./read-names.ts")).readNames(names);
}
