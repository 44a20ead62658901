import { z } from "zod";
import { DinosegError } from "../errors/index.ts";
import { describeValue } from "./describe-value.ts";

/** The fields of a configuration file, not yet looked at. */
export type ConfigFields = Readonly<Record<string, unknown>>;

/**
 * Throw MODEL_CONFIG_INVALID for one field of a configuration file.
 *
 * @param must   what is allowed, e.g. `must be an integer`.
 * @param remedy sentence that says what to do.
 */
export function rejectField(file: string, field: string, value: unknown, must: string, remedy: string): never {
	const got = value === undefined ? "but it is missing" : `got ${describeValue(value)}`;
	throw new DinosegError("MODEL_CONFIG_INVALID", `${file}: ${field} ${must}, ${got}. ${remedy}`, {
		details: { file, field, value: value === undefined ? "missing" : describeValue(value) },
	});
}

/**
 * The JSON object of a configuration file.
 *
 * @throws DinosegError MODEL_CONFIG_INVALID
 */
export function parseJsonObject(text: string, file: string): ConfigFields {
	const remedy = "Get the file again from where the model came from.";
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new DinosegError("MODEL_CONFIG_INVALID", `${file}: not JSON (${reason}). ${remedy}`, {
			details: { file },
			cause: error,
		});
	}
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		const message = `${file}: must be a JSON object, got ${describeValue(value)}. ${remedy}`;
		throw new DinosegError("MODEL_CONFIG_INVALID", message, { details: { file } });
	}
	return value as ConfigFields;
}

/**
 * Fields checked by a schema whose every message says what is allowed ("an integer from 1 to 8").
 *
 * @param remedy sentence that says what to do, for the message.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the first field that does not fit and its value.
 */
export function checkFields<T>(schema: z.ZodType<T>, fields: ConfigFields, file: string, remedy: string): T {
	const result = schema.safeParse(fields);
	if (result.success) {
		return result.data;
	}
	const [issue] = result.error.issues;
	const field = String(issue.path[0]);
	const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
	rejectField(file, field, value, `must be ${issue.message}`, remedy);
}

/** A required integer, both bounds included. */
export function integerField(min: number, max: number): z.ZodType<number> {
	const error = `an integer from ${min} to ${max}`;
	return z.int(error).min(min, error).max(max, error);
}

/** A finite number, both bounds included. */
export function numberField(min: number, max: number): z.ZodType<number> {
	const error = `a number from ${min} to ${max}`;
	return z.number(error).min(min, error).max(max, error);
}
