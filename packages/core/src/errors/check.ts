import { DinosegError } from "./dinoseg-error.ts";
import { nameOptions } from "./option-name.ts";

/**
 * Throw unless an array has the length that its shape asks for.
 *
 * @param where name of the calling function, for the message.
 * @param what  name of the argument and its axes, e.g. `points (N, D)`.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function checkLength(where: string, what: string, data: ArrayLike<unknown>, ...shape: number[]): void {
	const expected = shape.reduce((product, size) => product * size, 1);
	if (data.length !== expected) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`${where}: ${what} must hold ${shape.join(" x ")} = ${expected} elements, got ${data.length}.`,
			{ details: { expected, actual: data.length } },
		);
	}
}

/** Bounds of an integer option. */
export interface IntegerBounds {
	readonly min: number;
	readonly max: number;
}

/**
 * Throw unless a value is an integer within bounds (both included).
 *
 * @param where name of the calling function; empty for an option that a user gave.
 * @throws DinosegError OPTION_INVALID
 */
export function checkInteger(where: string, name: string, value: number, bounds: IntegerBounds): void {
	if (!Number.isInteger(value) || value < bounds.min || value > bounds.max) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${prefix(where)}${name} must be an integer from ${bounds.min} to ${bounds.max}, got ${value}.`,
			{ details: { option: nameOptions(name, (key) => key), value, min: bounds.min, max: bounds.max } },
		);
	}
}

/**
 * Throw unless a window is an odd integer within bounds.
 *
 * @param where name of the calling function; empty for an option that a user gave.
 * @throws DinosegError OPTION_INVALID
 */
export function checkOddWindow(where: string, name: string, value: number, bounds: IntegerBounds): void {
	if (!Number.isInteger(value) || value % 2 === 0 || value < bounds.min || value > bounds.max) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${prefix(where)}${name} must be an odd integer from ${bounds.min} to ${bounds.max}, got ${value}.`,
			{ details: { option: nameOptions(name, (key) => key), value, min: bounds.min, max: bounds.max } },
		);
	}
}

function prefix(where: string): string {
	return where === "" ? "" : `${where}: `;
}
