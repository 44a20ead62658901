import { DinosegError } from "@dinoseg/core/errors";
import { PAGES } from "@dinoseg/core/options";
import { InvalidArgumentError, type Option } from "commander";
import { argumentOf, optionFlag } from "./option-flags.ts";

/** Pages of every file: both ends are included, `last` is Infinity for the last there is. */
export type PageSelection = readonly { readonly first: number; readonly last: number }[];

/** The flag of the option `page` where several pages can be asked for. */
export const pageFlag = (): Option => optionFlag("page").argParser(argumentOf(parsePages));

/**
 * The pages that a text names: `3`, `2..5`, `1,4..6` or `all`; none of `first`.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parsePages(text: string): PageSelection | undefined {
	const word = text.trim().toLowerCase();
	if (word === "first") {
		return undefined;
	}
	if (word === "all") {
		return [{ first: 1, last: Number.POSITIVE_INFINITY }];
	}
	return word.split(",").map((part) => {
		const match = /^(\d+)(?:(?:\.\.|-)(\d+))?$/.exec(part.trim());
		const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
		if (match === null || first < PAGES.min || last > PAGES.max) {
			throw new InvalidArgumentError(
				`It must be a page from ${PAGES.min} to ${PAGES.max} (3), a range (2..5), a list (1,4..6), all or first.`,
			);
		}
		if (first > last) {
			throw new DinosegError("OPTION_INVALID", `It must be a range that rises, got ${first}..${last}. Swap its ends.`);
		}
		return { first, last };
	});
}

/** The chosen pages of a file that has so many, by rising number; those beyond its end too. */
export function selectPages(selection: PageSelection, count: number): number[] {
	const pages = new Set<number>();
	for (const { first, last } of selection) {
		for (let page = first; page <= Math.min(last, count); page++) {
			pages.add(page);
		}
		// One beyond the end is enough to tell.
		if (Number.isFinite(last) && last > count) {
			pages.add(Math.max(first, count + 1));
		}
	}
	return [...pages].sort((a, b) => a - b);
}
