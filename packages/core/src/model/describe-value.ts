const LONGEST = 120;

/** A value from a file as JSON for an error message, cut where it would fill the screen. */
export function describeValue(value: unknown): string {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
