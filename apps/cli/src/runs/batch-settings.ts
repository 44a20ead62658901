import { createHash } from "node:crypto";
import type { SegmentNames } from "@dinoseg/core/labels";
import { formatOptions } from "@dinoseg/core/options";
import type { Segmenter } from "@dinoseg/node/segmenter";
import type { BatchFlags } from "../flags/batch-flags.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";

/** All that decides the results. */
export function settingsOf(
	{ model }: Segmenter,
	{ options, dtype, used }: ParsedFlags,
	names: SegmentNames,
	{ figure, pack }: Pick<BatchFlags, "figure" | "pack">,
): Record<string, string> {
	const { maxPixels, ...formatted } = formatOptions(options);
	const words = Object.fromEntries(Object.entries(formatted).map(([key, value]) => [key, String(value)]));
	const hash = createHash("sha256")
		.update(JSON.stringify([...names]))
		.digest("hex");
	return {
		...words,
		maxPixels: String(maxPixels),
		model: `${model.name} (${model.digest})`,
		dtype,
		...(names.size > 0 ? { names: hash } : {}),
		...(used ? { codebook: used.digest } : {}),
		...(figure ? { figure: "true" } : {}),
		...(pack ? { pack } : {}),
	};
}
