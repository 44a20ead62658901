const LONGEST = 120;
/** Elements of a list or fields of an object that can matter in a text of that length. */
const MOST = 64;
const DEEPEST = 8;

/** A value from a file as JSON for an error message, cut where it would fill the screen. */
export function describeValue(value: unknown): string {
	const text = JSON.stringify(prune(value, DEEPEST)) ?? String(value);
	if (text.length <= LONGEST) {
		return text;
	}
	const size = typeof value === "string" ? ` (${value.length} characters)` : "";
	return `${text.slice(0, LONGEST)}…${size}`;
}

/** A copy without what is too deep, which `JSON.stringify` would fail on, or too much. */
function prune(value: unknown, depth: number): unknown {
	if (typeof value === "string") {
		return value.slice(0, LONGEST);
	}
	if (typeof value !== "object" || value === null) {
		return value;
	}
	if (depth === 0) {
		return "…";
	}
	if (Array.isArray(value)) {
		return value.slice(0, MOST).map((element) => prune(element, depth - 1));
	}
	const fields = Object.entries(value).slice(0, MOST);
	return Object.fromEntries(fields.map(([key, field]) => [key.slice(0, LONGEST), prune(field, depth - 1)]));
}
