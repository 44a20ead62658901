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

/** What a field of a configuration file may be. */
export interface Field<T> {
	/** In words that follow "must be": `an integer from 1 to 8`. */
	readonly allowed: string;
	accepts(value: unknown): value is T;
	/** What an absent field stands for. @default it must be there */
	readonly absent?: T;
}

type ValuesOf<F extends Readonly<Record<string, Field<unknown>>>> = {
	readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

/**
 * The values of some fields, those that are absent filled in.
 *
 * @param remedy sentence that says what to do, for the message.
 * @throws DinosegError MODEL_CONFIG_INVALID naming the first field that does not fit and its value.
 */
export function checkFields<const F extends Readonly<Record<string, Field<unknown>>>>(
	expected: F,
	fields: ConfigFields,
	file: string,
	remedy: string,
): ValuesOf<F> {
	const values = Object.entries(expected).map(([name, field]) => {
		const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
		if (value === undefined && "absent" in field) {
			return [name, field.absent];
		}
		return field.accepts(value) ? [name, value] : rejectField(file, name, value, `must be ${field.allowed}`, remedy);
	});
	return Object.fromEntries(values) as ValuesOf<F>;
}

/** The same field, but it may be absent. */
export function orElse<T, A>(field: Field<T>, absent: A): Field<T | A> {
	return { ...(field as Field<T | A>), absent };
}

/** An integer, both bounds included. */
export function integerField(min: number, max: number): Field<number> {
	return {
		allowed: `an integer from ${min} to ${max}`,
		accepts: (value): value is number => Number.isInteger(value) && isFrom(value, min, max),
	};
}

/** A number, both bounds included. */
export function numberField(min: number, max: number): Field<number> {
	return {
		allowed: `a number from ${min} to ${max}`,
		accepts: (value): value is number => isFrom(value, min, max),
	};
}

/** Yes or no; absent, it is `absent`. */
export function flagField(absent: boolean): Field<boolean> {
	return { allowed: "true or false", accepts: (value): value is boolean => typeof value === "boolean", absent };
}

/** One value only, which an absent field stands for too. */
export function fixedField<const T extends string | number>(value: T, allowed: string): Field<T> {
	return { allowed, accepts: (given): given is T => given === value, absent: value };
}

export function isFrom(value: unknown, min: number, max: number): value is number {
	return typeof value === "number" && value >= min && value <= max;
}
