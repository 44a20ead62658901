import { describe, expect, it } from "vitest";
import { createRecentMemory } from "./recent-memory.ts";

const value = (bytes: number) => ({ bytes });
const createMemory = (maxBytes: number) => createRecentMemory(({ bytes }: { bytes: number }) => bytes, maxBytes);

describe("createRecentMemory", () => {
	it("drops the least recently used above the limit", () => {
		const memory = createMemory(100);
		const [a, b, c] = [value(40), value(40), value(40)];
		memory.set("a", a);
		memory.set("b", b);
		expect(memory.get("a")).toBe(a);
		memory.set("c", c);
		expect(memory.get("b")).toBeUndefined();
		expect(memory.get("a")).toBe(a);
		expect(memory.get("c")).toBe(c);
	});

	it("counts one that is set again only once", () => {
		const memory = createMemory(100);
		const a = value(40);
		memory.set("a", a);
		for (let i = 0; i < 5; i++) {
			memory.set("b", value(60));
		}
		expect(memory.get("a")).toBe(a);
	});

	it("does not keep what is larger than the limit", () => {
		const memory = createMemory(100);
		memory.set("large", value(120));
		expect(memory.get("large")).toBeUndefined();
		const a = value(100);
		memory.set("a", a);
		expect(memory.get("a")).toBe(a);
	});
});
