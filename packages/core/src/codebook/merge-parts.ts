import { DinosegError, optionName } from "../errors/index.ts";
import { CODEBOOK_OPTION_KEYS, type CodebookOptionKey, POINT_OPTION_KEYS } from "../options/index.ts";
import type { CodebookPart } from "./codebook.ts";
import { writeCodebookOptions } from "./codebook-header.ts";
import { createSummarySum, type SummarySum } from "./fit-summary.ts";

/** A part, and the file that it is from, for messages. */
export interface PartOfFile {
	readonly path: string;
	readonly part: CodebookPart;
}

/**
 * The part of the pictures of all parts together: the same bytes as if one run had seen all of them. One part is in memory
 * at a time, if they come so.
 *
 * @throws DinosegError INPUT_EMPTY for no part, CODEBOOK_INVALID that names what differs in how two were made;
 *   SHAPE_MISMATCH, MOMENTS_OUT_OF_RANGE
 */
export async function mergeParts(parts: AsyncIterable<PartOfFile> | Iterable<PartOfFile>): Promise<CodebookPart> {
	let merged: { readonly first: PartOfFile; readonly sum: SummarySum } | undefined;
	for await (const next of parts) {
		merged ??= { first: next, sum: createSummarySum(next.part.summary.moments.dim) };
		checkAlike(`${merged.first.path} and ${next.path}`, merged.first.part, next.part, CODEBOOK_OPTION_KEYS);
		merged.sum.add(next.part.summary);
	}
	if (merged === undefined) {
		throw new DinosegError("INPUT_EMPTY", "mergeParts: there must be at least one part, got none.");
	}
	return { ...merged.first.part, summary: merged.sum.summary() };
}

/**
 * Throw unless the points of two parts were made alike: by one network, with the same options.
 *
 * @param where what the message begins with.
 * @param keys  options that must agree. Default: those that decide the points.
 * @throws DinosegError CODEBOOK_INVALID
 */
export function checkAlike(
	where: string,
	a: Pick<CodebookPart, "model" | "options">,
	b: Pick<CodebookPart, "model" | "options">,
	keys: readonly CodebookOptionKey[] = POINT_OPTION_KEYS,
): void {
	const differs = (what: string, one: unknown, other: unknown) =>
		new DinosegError(
			"CODEBOOK_INVALID",
			`${where}: both must be made alike, but ${what} differs: ${one} and ${other}. Make them with the same model and options.`,
			{ details: { field: what, expected: String(one), actual: String(other) } },
		);
	if (a.model.digest !== b.model.digest) {
		throw differs("the model", `${a.model.name} (${a.model.digest})`, `${b.model.name} (${b.model.digest})`);
	}
	if (a.model.dtype !== b.model.dtype) {
		throw differs(optionName("dtype"), a.model.dtype, b.model.dtype);
	}
	const [ofA, ofB] = [writeCodebookOptions(a.options), writeCodebookOptions(b.options)];
	for (const key of keys) {
		if (ofA[key] !== ofB[key]) {
			throw differs(optionName(key), ofA[key], ofB[key]);
		}
	}
}
