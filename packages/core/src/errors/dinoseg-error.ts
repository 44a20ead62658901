import type { ErrorCode } from "./codes.ts";

/** Machine-readable facts about an error, in addition to its message. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;

export interface DinosegErrorOptions {
	/** What was expected and what came, for programs. */
	readonly details?: ErrorDetails;
	/** The error that led to this one. */
	readonly cause?: unknown;
}

/**
 * An error with a stable code that a program can branch on.
 *
 * Message form: `where: what was expected, what came. What to do.`
 */
export class DinosegError extends Error {
	override readonly name = "DinosegError";
	readonly code: ErrorCode;
	readonly details: ErrorDetails;

	constructor(code: ErrorCode, message: string, options: DinosegErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.details = options.details ?? {};
	}
}

/** True for any error of dinoseg, also one that came from another copy of the library or another realm. */
export function isDinosegError(value: unknown): value is DinosegError {
	return value instanceof Error && value.name === "DinosegError" && typeof (value as DinosegError).code === "string";
}
