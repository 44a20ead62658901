import type { z } from "zod";
import { DinosegError } from "../errors/index.ts";
import type { HubContext } from "./context.ts";

/** JSON that a hub sent. Whatever it says is hostile until `checkShape` has looked at it. */
export interface HubAnswer {
	/** Where it came from in the end. */
	readonly url: string;
	readonly headers: Headers;
	readonly text: string;
	readonly value: unknown;
}

/** Characters of an answer that a message quotes. */
const MAX_EXCERPT = 100;

/**
 * The error for an answer that is not what was asked for.
 *
 * @param what says what came, and what was expected.
 * @param remedy sentences that say what to do.
 */
export function invalidAnswer(
	{ words }: HubContext,
	url: string,
	what: string,
	remedy = `Check ${words.endpoint}; try again later.`,
): DinosegError {
	const place = withoutQuery(url);
	return new DinosegError("HUB_RESPONSE_INVALID", `${place}: ${what}. ${remedy}`, { details: { url: place } });
}

/** The error for a page for people, or another text, in place of what a program asked for. */
export function pageInstead(context: HubContext, url: string, came: string, wanted: string): DinosegError {
	return invalidAnswer(
		context,
		url,
		`answered with ${came} in place of ${wanted}`,
		`Log in to the network first if it has a portal; check ${context.words.endpoint} and the proxy; try again later.`,
	);
}

/** True for a text that begins as a page or a document of XML does. */
export function isMarkup(text: string): boolean {
	return /^\s*<(!doctype|html|\?xml)/i.test(text);
}

/**
 * A part of an answer, checked by a schema whose every message says what is allowed ("a list of files").
 *
 * @param at where in the answer the value lies, such as `[3]`; empty for the whole.
 * @throws DinosegError HUB_RESPONSE_INVALID naming the URL, the first part that does not fit and what came in its place.
 */
export function checkShape<T>(
	context: HubContext,
	schema: z.ZodType<T>,
	value: unknown,
	answer: HubAnswer,
	at: readonly (string | number)[] = [],
): T {
	const result = schema.safeParse(value);
	if (result.success) {
		return result.data;
	}
	const [issue] = result.error.issues;
	const path = [...at, ...issue.path].map(String).join(".");
	const came = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)[key], value);
	const got = path === "" ? excerpt(answer.text) : `${describe(came)} in ${excerpt(answer.text)}`;
	throw invalidAnswer(context, answer.url, `${path || "the answer"} must be ${issue.message}, got ${got}`);
}

/** The start of a text, on one line. */
export function excerpt(text: string): string {
	const line = text
		.slice(0, 2 * MAX_EXCERPT)
		.replace(/\s+/g, " ")
		.trim();
	return line === "" ? "nothing" : line.length > MAX_EXCERPT ? `${line.slice(0, MAX_EXCERPT)}…` : line;
}

/** A value without what it holds, which may be of any size and depth. */
function describe(value: unknown): string {
	if (typeof value === "string") {
		return JSON.stringify(value.slice(0, MAX_EXCERPT));
	}
	if (typeof value === "object" && value !== null) {
		return Array.isArray(value) ? "a list" : "an object";
	}
	return value === undefined ? "nothing" : String(value);
}

/** Addresses of large files are signed in their query, which is nobody else's business. */
function withoutQuery(url: string): string {
	const { origin, pathname } = new URL(url);
	return origin + pathname;
}
