import type { ModelOptions } from "@dinoseg/core/options";
import type { Segmenter } from "@dinoseg/node/segmenter";
import type { CommandContext } from "../commands/context.ts";
import { hubOptions } from "../commands/hub-options.ts";

/**
 * The segmenter that the flags of a run ask for.
 *
 * @param sessions networks that run at the same time. @default one
 */
export function openSegmenter(
	context: CommandContext,
	flags: { readonly cache: boolean; readonly quiet?: boolean },
	{ model, dtype, device }: ModelOptions,
	sessions = 1,
): Promise<Segmenter> {
	const { temporaryFiles } = context;
	const hub = hubOptions(context, flags);
	return context.openSegmenter({ model, dtype, device, sessions, cache: flags.cache, temporaryFiles, hub });
}
