import { join, sep } from "node:path";
import type { DataSetExportFormat, ImageExportFormat } from "@dinoseg/core/labels";
import type { FoundResult } from "@dinoseg/node/results";

/** Where a data set goes: into the folder of results; or to `output`, or into it where a file is to go to `folder/`. */
export function dataSetTarget(
	folder: string,
	{ container, fileName }: Pick<DataSetExportFormat, "container" | "fileName">,
	output: string | undefined,
): string {
	if (output === undefined) {
		return join(folder, fileName);
	}
	return container !== "folder" && namesFolder(output) ? join(output, fileName) : output;
}

/**
 * Where the file of one image goes: beside its result; or to `output`, which is the file where a result was named, and for
 * a folder of results, or if it ends with a slash, a folder in which `sub/b` becomes `sub/b.svg`.
 */
export function imageTarget(
	{ folder, name }: FoundResult,
	{ fileName }: Pick<ImageExportFormat, "fileName">,
	isResult: boolean,
	output: string | undefined,
): string {
	if (output === undefined) {
		return join(folder, fileName);
	}
	return isResult && !namesFolder(output) ? output : join(output, name + fileName.slice(fileName.lastIndexOf(".")));
}

function namesFolder(path: string): boolean {
	return path.endsWith("/") || path.endsWith(sep);
}
