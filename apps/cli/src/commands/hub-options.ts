import type { ResolveModelOptions } from "@dinoseg/node";
import { createDownloadRenderer } from "../progress/download.ts";
import type { CommandContext } from "./context.ts";

/** How a command reaches the hub when its model has to be downloaded. */
export function hubOptions(context: CommandContext, flags: { readonly quiet?: boolean }): ResolveModelOptions {
	const { env, cwd, stderr, now } = context;
	return { env, cwd, onEvent: createDownloadRenderer({ stream: stderr, now, quiet: flags.quiet === true }) };
}
