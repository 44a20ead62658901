import { access } from "node:fs/promises";
import { DinosegError, optionName } from "@dinoseg/core/errors";

/**
 * Throw if a file is there, which would be replaced.
 *
 * @throws DinosegError OUTPUT_EXISTS
 */
export async function checkNoFile(path: string): Promise<void> {
	const exists = await access(path).then(
		() => true,
		() => false,
	);
	if (exists) {
		throw new DinosegError(
			"OUTPUT_EXISTS",
			`${path}: is there already. Use ${optionName("force")} to replace it, or another ${optionName("output")}.`,
		);
	}
}
