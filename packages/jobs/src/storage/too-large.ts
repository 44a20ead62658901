import { DinosegError } from "@dinoseg/core/errors";

/** The error for an object of which no more is read than a limit. @param bytes nothing where nobody knows. */
export function tooLarge(name: string, bytes: number | undefined, max: number): DinosegError {
	return new DinosegError(
		"INPUT_UNREADABLE",
		`${name}: has ${bytes ?? `more than ${max}`} bytes, at most ${max} are read. Save it compressed or smaller.`,
		{ details: { ...(bytes === undefined ? {} : { bytes }), max } },
	);
}
