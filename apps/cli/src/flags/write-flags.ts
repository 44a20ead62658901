import { DinosegError } from "@dinoseg/core/errors";
import { Option } from "commander";
import { grouped } from "./option-flags.ts";
import { parsePick } from "./parse-pick.ts";

/** What of a result goes to stdout. */
const WRITTEN = ["labels", "overlay", "cutout", "json"] as const;
export type Written = (typeof WRITTEN)[number];

/** The flags of a result on stdout. */
export interface WriteFlags {
	readonly write?: Written;
	readonly pick?: readonly string[];
}

/** Flags about what of a result goes to stdout. */
export const writeFlags = (): Option[] => [
	grouped(
		new Option(
			"--write <what>",
			`what -o - writes to stdout: labels.png, overlay.png, a transparent PNG of the largest segment (or of --pick), segments.json [${WRITTEN.join(", ")}; default: ${WRITTEN[0]}]`,
		).choices(WRITTEN),
		"running",
	),
	grouped(
		new Option(
			"--pick <segments>",
			"ids or names of the segments of --write cutout, with commas between them",
		).argParser(parsePick),
		"running",
	),
];

/**
 * Throw if a flag about stdout is given that decides nothing.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkWriteFlags({ write, pick }: WriteFlags, isStdout: boolean): void {
	if (write !== undefined && !isStdout) {
		throw new DinosegError(
			"OPTION_INVALID",
			`--write ${write} is for -o -, which writes one file to stdout; a folder gets all files. Add -o -, or leave it away.`,
		);
	}
	if (pick !== undefined && write !== "cutout") {
		throw new DinosegError("OPTION_INVALID", "--pick is for -o - --write cutout. Add them, or leave it away.");
	}
}
