import { InvalidArgumentError } from "commander";

/** Ids or names of segments, with commas between them. */
export function parsePick(text: string): readonly string[] {
	const entries = text.split(",").map((entry) => entry.trim());
	if (entries.includes("")) {
		throw new InvalidArgumentError("It must be ids or names with commas between them, such as 0,2 or sky,grass.");
	}
	return entries;
}
