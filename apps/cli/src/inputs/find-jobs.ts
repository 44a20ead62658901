import type { CommandContext } from "../commands/context.ts";
import type { PageSelection } from "../flags/page-flag.ts";
import { type ExpandedInputs, expandInputs } from "./expand-inputs.ts";

/** The flags that decide what is segmented, and into which folders. */
interface InputFlags {
	readonly output: string;
	readonly page?: PageSelection;
}

/**
 * Turn inputs into jobs: one for each image, and for each page that was asked for.
 *
 * @throws DinosegError as `expandInputs`, `expandPages`
 */
export async function findJobs(
	{ cwd, stdin }: CommandContext,
	inputs: readonly string[],
	{ output, page }: InputFlags,
): Promise<ExpandedInputs> {
	const expanded = await expandInputs(inputs, { outputFolder: output, cwd });
	if (page === undefined) {
		return expanded;
	}
	const { expandPages } = await import("./expand-pages.ts");
	return expandPages(expanded, page, async () => (await import("./read-stdin.ts")).readStdin(stdin));
}
