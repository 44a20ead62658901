import type { ErrorCode } from "./codes.ts";
import { DinosegError, type ErrorDetails, isDinosegError } from "./dinoseg-error.ts";

/** An error as plain data, for another thread or the wire. */
export interface ErrorJson {
	readonly name: string;
	/** Options that it names are marked, as `optionName` does. */
	readonly message: string;
	/** Of errors of dinoseg. */
	readonly code?: ErrorCode;
	readonly details?: ErrorDetails;
	readonly stack?: string | undefined;
	/** The error that led to this one; of anything else that was thrown, its text. */
	readonly cause?: ErrorJson | undefined;
}

/** Causes of causes that are kept. */
const MAX_CAUSES = 8;

/** Make plain data of what was thrown. Code, message, details and causes are kept. */
export function errorToJson(error: unknown, causes = MAX_CAUSES): ErrorJson {
	if (!(error instanceof Error) && !isDinosegError(error)) {
		return { name: "Error", message: String(error) };
	}
	const { name, message, stack, cause } = error as Error;
	const common = {
		name,
		stack,
		cause: cause === undefined || causes === 0 ? undefined : errorToJson(cause, causes - 1),
	};
	return isDinosegError(error)
		? { ...common, message: error.template ?? message, code: error.code, details: error.details }
		: { ...common, message };
}

/** The error that `errorToJson` made plain data of: a `DinosegError` if it has a code. */
export function errorFromJson({ name, message, code, details, stack, cause }: ErrorJson): Error {
	const options = cause === undefined ? {} : { cause: errorFromJson(cause) };
	const error =
		code === undefined
			? Object.assign(new Error(message, options), { name })
			: new DinosegError(code, message, { ...options, ...(details ? { details } : {}) });
	if (stack !== undefined) {
		error.stack = stack;
	}
	return error;
}
