import { DinosegError } from "@dinoseg/core/errors";

/** No system takes a longer path below a root; S3 takes 1,024 bytes. */
const LONGEST_KEY = 4096;

/**
 * Throw for a key that could leave the root of a storage, or means other things to other systems.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function checkKey(key: string): void {
	const parts = key.split("/");
	if (key === "" || key.length > LONGEST_KEY || key.includes("\0") || parts.includes(".") || parts.includes("..")) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${JSON.stringify(key.slice(0, 200))}: is no name of an object in a storage. Give a path without "." and "..", of 1 to ${LONGEST_KEY} characters.`,
			{ details: { key: key.slice(0, 200) } },
		);
	}
}
