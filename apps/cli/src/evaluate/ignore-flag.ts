import { checkInteger, DinosegError, parseNumber } from "@dinoseg/core";
import { InvalidArgumentError, Option } from "commander";

/** What switches the ignored label of a data set off. */
export const IGNORE_NONE = "none";

/** Labels that a PNG of one channel can have. */
const LABELS = { min: 0, max: 65535 };

/** `--ignore 255`, `--ignore none`. */
export function ignoreFlag(): Option {
	return new Option(
		"--ignore <label>",
		`label of the truth whose pixels do not count, or ${IGNORE_NONE} (default: the data set's)`,
	).argParser((text: string) => {
		if (text === IGNORE_NONE) {
			return IGNORE_NONE;
		}
		try {
			const label = parseNumber(text, "--ignore");
			checkInteger("", "--ignore", label, LABELS);
			return label;
		} catch (error) {
			throw error instanceof DinosegError ? new InvalidArgumentError(error.message) : error;
		}
	});
}
