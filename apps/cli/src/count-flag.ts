import { checkInteger, DinosegError, type IntegerBounds, parseNumber } from "@dinoseg/core";
import { InvalidArgumentError, Option } from "commander";

/** A flag that takes an integer within bounds. */
export function countFlag(usage: string, description: string, bounds: IntegerBounds): Option {
	const option = new Option(usage, description);
	return option.argParser((text: string) => {
		const name = option.long ?? usage;
		try {
			const count = parseNumber(text, name);
			checkInteger("", name, count, bounds);
			return count;
		} catch (error) {
			throw error instanceof DinosegError ? new InvalidArgumentError(error.message) : error;
		}
	});
}
