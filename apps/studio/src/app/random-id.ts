/** Bytes of chance. */
const BYTES = 16;

/** A name that nobody else has: 32 hexadecimal digits. It needs no https, as `crypto.randomUUID` does. */
export function randomId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
