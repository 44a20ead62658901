import { invalidRequest } from "./problems.ts";

/** Levels of lists and objects: more than any request has, and few enough to be written into a message. */
const MOST_LEVELS = 8;

/**
 * Read JSON that a client sent.
 *
 * @param name of what it is, for the message.
 * @throws DinosegError REQUEST_INVALID
 */
export function readJson(text: string, name: string): unknown {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw invalidRequest(`${name} is no JSON: ${(cause as Error).message}.`);
	}
	if (isDeeper(value, MOST_LEVELS)) {
		throw invalidRequest(`${name} must have at most ${MOST_LEVELS} levels of lists and objects.`);
	}
	return value;
}

function isDeeper(value: unknown, levels: number): boolean {
	return (
		typeof value === "object" &&
		value !== null &&
		(levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)))
	);
}
