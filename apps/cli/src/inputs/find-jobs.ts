import { optionName } from "@dinoseg/core/errors";
import { bucketSearch, refuseBuckets } from "../buckets/bucket-search.ts";
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
 * @throws DinosegError as `expandInputs`, `expandPages`; OPTION_INVALID for pages of objects in buckets
 */
export async function findJobs(
	context: CommandContext,
	inputs: readonly string[],
	{ output, page }: InputFlags,
): Promise<ExpandedInputs> {
	const { cwd, stdin } = context;
	const buckets = bucketSearch(context, output);
	const expanded = await expandInputs(inputs, { outputFolder: output, cwd, buckets });
	if (page === undefined) {
		return expanded;
	}
	refuseBuckets(expanded.jobs, optionName("page"));
	const { expandPages } = await import("./expand-pages.ts");
	return expandPages(expanded, page, async () => (await import("./read-stdin.ts")).readStdin(stdin));
}
