import { type DinosegError, messageOf, type OptionNaming } from "@dinoseg/core/errors";

/** How an option is called on the command line: `inputSize` is `--input-size`. */
export const flagName: OptionNaming = (key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The message of an error for who typed flags. */
export function shellMessage(error: DinosegError): string {
	return messageOf(error, flagName);
}
