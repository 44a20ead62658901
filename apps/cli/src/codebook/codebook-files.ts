import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type Codebook, type CodebookPart, decodeCodebook, decodeCodebookPart } from "@dinoseg/core/codebook";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { formatIndices, type Shard } from "@dinoseg/jobs";
import { bucketAt } from "../buckets/bucket-at.ts";
import { isBucketUri } from "../buckets/bucket-uri.ts";
import { readFileAt } from "../buckets/file-at.ts";
import type { CommandContext } from "../commands/context.ts";

/** @throws DinosegError CODEBOOK_INVALID; of reading the file */
export async function readCodebook(context: CommandContext, path: string): Promise<Codebook> {
	return decodeCodebook(await readFileAt(context, path), path);
}

/** Where a shard leaves what it saw, beside the codebook. Names sort like the numbers. */
export function partPath(output: string, { number, count }: Shard): string {
	return `${output}.${String(number).padStart(String(count).length, "0")}-of-${count}`;
}

/**
 * What all shards saw, one after the other: a part may take as much memory as a codebook.
 *
 * @param output the codebook that they are parts of.
 * @throws DinosegError INPUT_NOT_FOUND that names those that are missing, INPUT_CONFLICT for parts of several divisions
 */
export async function* readParts(
	context: CommandContext,
	output: string,
): AsyncGenerator<{ readonly path: string; readonly part: CodebookPart }> {
	const name = basename(output);
	const names = await namesBeside(context, output);
	const shards = names.flatMap((found): Shard[] => {
		const [, number, count] = /^\.(\d+)-of-(\d+)$/.exec(found.slice(name.length)) ?? [];
		return found.startsWith(name) && count !== undefined ? [{ number: Number(number), count: Number(count) }] : [];
	});
	const counts = [...new Set(shards.map(({ count }) => count))];
	if (counts.length > 1) {
		throw new DinosegError(
			"INPUT_CONFLICT",
			`${output}: has parts of ${counts.sort((a, b) => a - b).join(" and of ")} shards beside it. Remove those that are out of date.`,
		);
	}
	const [count = 0] = counts;
	const there = new Set(shards.map(({ number }) => number));
	const missing = Array.from({ length: count }, (_, index) => index + 1).filter((number) => !there.has(number));
	if (count === 0 || missing.length > 0) {
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			count === 0
				? `${output}: has no parts beside it. Make them by ${optionName("shard")}, such as dinoseg fit photos ${optionName("shard")} 1/2, and name the same ${optionName("output")}.`
				: `${output}: of its ${count} parts these are missing: ${formatIndices(missing)}. Run these shards first.`,
			{ details: { output, missing } },
		);
	}
	for (let number = 1; number <= count; number++) {
		const path = partPath(output, { number, count });
		yield { path, part: decodeCodebookPart(await readFileAt(context, path), path) };
	}
}

/** Names in the folder of a file that begin with its name, and perhaps others. */
async function namesBeside(context: CommandContext, path: string): Promise<string[]> {
	if (!isBucketUri(path)) {
		return readdir(dirname(path)).catch(() => []);
	}
	const { storage, key } = await bucketAt(context, path);
	const names: string[] = [];
	for await (const objects of storage.list(key)) {
		names.push(...objects.map((object) => object.key.slice(key.length - basename(key).length)));
	}
	return names;
}
