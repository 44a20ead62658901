import { createHash } from "node:crypto";
import { codebookDigest, optionsWithCodebook } from "@dinoseg/core/codebook";
import { DinosegError, optionName } from "@dinoseg/core/errors";
import { resolveOptions } from "@dinoseg/core/options";
import type { Command } from "commander";
import type { CommandContext } from "../commands/context.ts";
import { DECIDED_BY_CODEBOOK } from "../flags/decided-by-codebook.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { readCodebook } from "./read-codebook.ts";

/**
 * What the flags of a command say once a codebook decides what it decides. Its network has the name that it had when it was
 * fitted, unless another one is given.
 *
 * @param own flags that the command takes beside it all the same.
 * @throws DinosegError OPTION_INVALID for a flag that contradicts it, CODEBOOK_INVALID; of reading the file
 */
export async function useCodebook(
	context: CommandContext,
	command: Command,
	parsed: ParsedFlags,
	path: string,
	own: readonly string[] = [],
): Promise<ParsedFlags> {
	const isRegions = parsed.options.segments === "regions";
	const decided = DECIDED_BY_CODEBOOK.filter((flag) => !own.includes(flag) && (flag !== "clusters" || !isRegions));
	refuseDecided(command, decided, "the codebook does. Leave it away, or fit another codebook.");
	const codebook = await readCodebook(context, path);
	const digest = await codebookDigest(codebook, async (bytes) => createHash("sha256").update(bytes).digest("hex"));
	const { name, dtype } = codebook.model;
	return {
		...parsed,
		model: isGiven(command, "model") ? parsed.model : name,
		dtype,
		options: resolveOptions(optionsWithCodebook(parsed.options, codebook)),
		used: { codebook, digest },
	};
}

/** Refuse the flags that parts leave nothing to decide when they are merged. @throws DinosegError OPTION_INVALID */
export function checkMergeFlags(command: Command): void {
	const decided = [...DECIDED_BY_CODEBOOK, "model"].filter((flag) => flag !== "names");
	refuseDecided(command, decided, "the parts do. Leave it away, or make the parts anew.");
}

function refuseDecided(command: Command, decided: readonly string[], who: string): void {
	const given = decided.find((flag) => isGiven(command, flag));
	if (given !== undefined) {
		throw new DinosegError("OPTION_INVALID", `${optionName(given)} has nothing to decide here: ${who}`, {
			details: { option: given },
		});
	}
}

function isGiven(command: Command, flag: string): boolean {
	return command.getOptionValueSource(flag) === "cli";
}
