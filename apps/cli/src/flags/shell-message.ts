import { type DinosegError, flagName, messageOf } from "@dinoseg/core/errors";

/** The message of an error for who typed flags. */
export function shellMessage(error: DinosegError): string {
	return messageOf(error, flagName);
}
