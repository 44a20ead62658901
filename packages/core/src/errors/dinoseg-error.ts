import type { ErrorCode } from "./codes.ts";
import { nameOptions, type OptionNaming } from "./option-name.ts";

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
	/** The message with its options marked, as `optionName` does. */
	declare readonly template: string;

	/** @param message names options by `optionName`. */
	constructor(code: ErrorCode, message: string, options: DinosegErrorOptions = {}) {
		super(keysIn(message), options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.details = options.details ?? {};
		// Who prints the error wants to see the message once.
		Object.defineProperty(this, "template", { value: message, enumerable: false });
	}
}

/** True for any error of dinoseg, also one that came from another copy of the library, realm or thread. */
export function isDinosegError(value: unknown): value is DinosegError {
	return (
		typeof value === "object" &&
		value !== null &&
		(value as DinosegError).name === "DinosegError" &&
		typeof (value as DinosegError).message === "string" &&
		typeof (value as DinosegError).code === "string"
	);
}

/**
 * The message of an error, its options called as the caller calls them.
 *
 * @param naming for instance `inputSize` → `--input-size`.
 */
export function messageOf(error: DinosegError, naming: OptionNaming): string {
	return nameOptions(error.template ?? error.message, naming);
}

function keysIn(template: string): string {
	return nameOptions(template, (key) => key);
}
