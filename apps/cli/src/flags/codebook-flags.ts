import { type Command, Option } from "commander";
import type { CommandContext } from "../commands/context.ts";
import { type ParsedFlags, readFlags } from "./read-flags.ts";
import { nonEmpty } from "./run-flags.ts";

/** The flag for the clusters of a codebook in place of those of each image. */
export const codebookFlag = (): Option =>
	new Option("--codebook <file>", "a file of dinoseg fit: the same ids, names and colours in all images").argParser(
		nonEmpty,
	);

/** What the flags of a command say, with the codebook of `--codebook` if there is one. Errors as `useCodebook`. */
export async function flagsWithCodebook(
	context: CommandContext,
	command: Command,
	{ codebook }: { readonly codebook?: string },
): Promise<ParsedFlags> {
	const parsed = readFlags(command);
	if (codebook === undefined) {
		return parsed;
	}
	const { useCodebook } = await import("../codebook/use-codebook.ts");
	return useCodebook(context, command, parsed, codebook);
}
