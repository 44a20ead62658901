import { isTypedArray } from "node:util/types";
import { expect } from "vitest";

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);

/** Marks a process in which the comparison is known: this file is run once for each file of tests. */
const KNOWN = Symbol.for("dinoseg.equal-bytes");

/**
 * Typed arrays of the same bytes are equal: value by value, the pixels of a photograph take half a second. Others are
 * compared, and told, as usual.
 */
if (!(KNOWN in globalThis)) {
	Object.defineProperty(globalThis, KNOWN, { value: true });
	expect.addEqualityTesters([
		(a, b) =>
			isTypedArray(a) && isTypedArray(b) && a.constructor === b.constructor && bytesOf(a).equals(bytesOf(b))
				? true
				: undefined,
	]);
}
