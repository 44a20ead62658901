import { isTypedArray } from "node:util/types";
import { expect } from "vitest";

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => Buffer.from(buffer, byteOffset, byteLength);

/**
 * Typed arrays of the same bytes are equal: value by value, the pixels of a photograph take half a second. Others are
 * compared, and told, as usual.
 */
expect.addEqualityTesters([
	(a, b) =>
		isTypedArray(a) && isTypedArray(b) && a.constructor === b.constructor && bytesOf(a).equals(bytesOf(b))
			? true
			: undefined,
]);
