import { expect, it } from "vitest";
import { randomId } from "./random-id.ts";

it("random ids are 32 hexadecimal digits, and no two are the same", () => {
	const ids = Array.from({ length: 1000 }, randomId);
	expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
	expect(new Set(ids).size).toBe(ids.length);
});
