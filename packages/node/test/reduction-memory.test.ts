import { describe, expect, it } from "vitest";
import { createReductionMemory } from "../src/segmenter/reduction-memory.ts";

/** Points of `bytes` bytes. */
const reduced = (bytes: number) => ({ points: { data: new Float32Array(bytes / 4), rows: bytes / 4, cols: 1 } });

describe("createReductionMemory", () => {
	it("drops the least recently used above the limit", () => {
		const memory = createReductionMemory(100);
		const [a, b, c] = [reduced(40), reduced(40), reduced(40)];
		memory.set("a", a);
		memory.set("b", b);
		expect(memory.get("a")).toBe(a);
		memory.set("c", c);
		expect(memory.get("b")).toBeUndefined();
		expect(memory.get("a")).toBe(a);
		expect(memory.get("c")).toBe(c);
	});

	it("counts one that is set again only once", () => {
		const memory = createReductionMemory(100);
		const a = reduced(40);
		memory.set("a", a);
		for (let i = 0; i < 5; i++) {
			memory.set("b", reduced(60));
		}
		expect(memory.get("a")).toBe(a);
	});

	it("does not keep what is larger than the limit", () => {
		const memory = createReductionMemory(100);
		memory.set("large", reduced(120));
		expect(memory.get("large")).toBeUndefined();
		const a = reduced(100);
		memory.set("a", a);
		expect(memory.get("a")).toBe(a);
	});
});
