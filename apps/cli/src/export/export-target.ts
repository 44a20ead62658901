import { join } from "node:path";
import type { FoundResult } from "@dinoseg/node";

/**
 * Where the file of one image goes: beside its result; or to `output`, which is the file where there is one result, and
 * else a folder in which `sub/b` becomes `sub/b.svg`.
 */
export function exportTarget(
	{ folder, name }: FoundResult,
	fileName: string,
	isOnly: boolean,
	output: string | undefined,
): string {
	if (output === undefined) {
		return join(folder, fileName);
	}
	return isOnly ? output : join(output, name + fileName.slice(fileName.lastIndexOf(".")));
}
