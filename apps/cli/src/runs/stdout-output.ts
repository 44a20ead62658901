import { DinosegError } from "@dinoseg/core/errors";
import type { ProgressStream } from "../progress/progress.ts";

/** The output that stands for stdout. A folder of that name is `./-`. */
export const STDOUT = "-";

/**
 * Throw where a result on stdout would get mixed with something else, or into a terminal.
 *
 * @param isText true for a result that a terminal can show.
 * @throws DinosegError OPTION_INVALID
 */
export function checkStdout(stdout: ProgressStream, flags: { readonly json?: boolean }, isText: boolean): void {
	if (flags.json) {
		throw new DinosegError(
			"OPTION_INVALID",
			"--json and -o - would both write to stdout. Give an --output, or leave --json away.",
		);
	}
	if (stdout.isTTY && !isText) {
		throw new DinosegError(
			"OPTION_INVALID",
			"-o - would write the bytes of a file to this terminal. Send them to a file (… -o - > labels.png) or to a program.",
		);
	}
}
