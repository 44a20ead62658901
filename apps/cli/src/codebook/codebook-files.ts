import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Codebook, type CodebookPart, decodeCodebook, decodeCodebookPart } from "@dinoseg/core/codebook";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { formatIndices, type Shard } from "@dinoseg/jobs";
import { readInput } from "@dinoseg/node";

/** @throws DinosegError CODEBOOK_INVALID; of reading the file */
export async function readCodebook(path: string): Promise<Codebook> {
	return decodeCodebook((await readInput(path)).bytes, path);
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
	output: string,
): AsyncGenerator<{ readonly path: string; readonly part: CodebookPart }> {
	const name = basename(output);
	const names = await readdir(dirname(output)).catch(() => []);
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
		const path = join(dirname(output), basename(partPath(output, { number, count })));
		yield { path, part: decodeCodebookPart((await readInput(path)).bytes, path) };
	}
}
