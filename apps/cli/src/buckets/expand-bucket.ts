import { sep } from "node:path";
import { basename, extname } from "node:path/posix";
import { DinosegError } from "@dinoseg/core/errors";
import { parseS3Uri } from "@dinoseg/jobs/storage";
import picomatch from "picomatch";
import { isDynamicPattern } from "tinyglobby";
import { type Expansion, type ExpansionStep, emptyFolder, fixedPart, noMatch } from "../inputs/expansion.ts";
import type { SearchFilter } from "../inputs/image-files.ts";
import { countSkipped, skippedType } from "../inputs/skipped-files.ts";
import type { BucketSearch } from "./bucket-search.ts";
import { searchBucket } from "./search-bucket.ts";

/**
 * Turn an address in a bucket into images: an object, all below a prefix, or what a glob finds.
 *
 * Convention: what ends with a slash, or is no object, is searched like a folder. What has the ending of an image is an
 * object, whether it is there or not: reading it tells.
 *
 * @throws DinosegError INPUT_NOT_FOUND, INPUT_EMPTY, STORAGE_*, OPTION_INVALID
 */
export async function* expandBucket(input: string, filter: SearchFilter, search: BucketSearch): Expansion {
	const { bucket, key } = parseS3Uri(input);
	const storage = await search.open(input);
	const object: ExpansionStep = { path: input, absolutePath: input, namedPath: basename(key) };
	const isFolder = key === "" || key.endsWith("/");
	const isPattern = !isFolder && isDynamicPattern(key);
	if (!isFolder && ((!isPattern && filter.hasImageExtension(key)) || (await storage.size(key)) !== undefined)) {
		yield [object];
		return;
	}
	const fixed = isPattern ? fixedPart(key) : key.replace(/\/+$/, "");
	const folder = fixed === "" ? "" : `${fixed}/`;
	const matches = isPattern ? picomatch(key) : undefined;
	const output = search.output.replace(/\/*$/, "/");
	const skipped: string[] = [];
	let [isThere, isEmpty] = [false, true];
	for await (const page of searchBucket(storage, folder)) {
		isThere = true;
		yield page.flatMap(({ key: found }): ExpansionStep[] => {
			const uri = `s3://${bucket}/${found}`;
			if (uri.startsWith(output) || (matches !== undefined && !matches(found))) {
				return [];
			}
			const below = found.slice(folder.length);
			if (filter.hasImageExtension(found)) {
				isEmpty = false;
				return [{ path: uri, absolutePath: uri, namedPath: below.split("/").join(sep) }];
			}
			const what = extname(found) === "" || isPattern ? undefined : skippedType(found);
			if (what === undefined) {
				return [];
			}
			skipped.push(what);
			return [{ skipped: what }];
		});
	}
	if (isEmpty && isPattern) {
		throw noMatch(input);
	}
	if (!isThere) {
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			`${input}: there is no object of that name, and none below it. Check the address.`,
		);
	}
	if (isEmpty) {
		throw emptyFolder(input, countSkipped(skipped), filter);
	}
}
