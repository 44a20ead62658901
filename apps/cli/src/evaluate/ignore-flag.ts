import { Option } from "commander";
import { parseCount } from "../flags/count-flag.ts";
import { argumentOf } from "../flags/option-flags.ts";

/** What switches the ignored label of a data set off. */
export const IGNORE_NONE = "none";

/** Labels that a PNG of one channel can have. */
const LABELS = { min: 0, max: 65535 };

/** `--ignore 255`, `--ignore none`. */
export function ignoreFlag(): Option {
	return new Option(
		"--ignore <label>",
		`label of the truth whose pixels do not count, or ${IGNORE_NONE} (default: the data set's)`,
	).argParser(argumentOf((text) => (text === IGNORE_NONE ? IGNORE_NONE : parseCount(text, "--ignore", LABELS))));
}
