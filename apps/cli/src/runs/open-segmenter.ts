import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import type { CommandContext } from "../commands/context.ts";
import { hubOptions } from "../commands/hub-options.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import type { SegmentFlags } from "./segment-one.ts";

/** The segmenter of a run over many images; its model is loaded once. */
export function openSegmenter(
	context: CommandContext,
	flags: SegmentFlags,
	{ model, dtype, device }: ParsedFlags,
	sessions: number,
): Promise<Segmenter> {
	const { temporaryFiles } = context;
	const hub = hubOptions(context, flags);
	return createSegmenter({ model, dtype, device, sessions, cache: flags.cache, temporaryFiles, hub });
}
