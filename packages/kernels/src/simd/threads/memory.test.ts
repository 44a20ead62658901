import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSharedMemory } from "./memory.ts";

describe("shared memory", () => {
	it("hands out places that do not overlap, in scopes of any depth", () => {
		const lengths = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 8 });
		fc.assert(
			fc.property(fc.array(lengths, { minLength: 1, maxLength: 5 }), (scopes) => {
				const memory = createSharedMemory();
				const nest = (depth: number): void => {
					if (depth === scopes.length) {
						return;
					}
					memory.scope(() => {
						const places = scopes[depth].map((length, i) =>
							(i % 2 ? memory.float32(length) : memory.float64(length)).fill(depth * 10 + i),
						);
						nest(depth + 1);
						places.forEach((place, i) => {
							expect(place.every((value) => value === depth * 10 + i)).toBe(true);
						});
					});
				};
				nest(0);
				nest(0);
			}),
		);
	});

	it("uses its places again after a scope, and keeps results out of them", () => {
		const memory = createSharedMemory();
		const values = Float32Array.from([1, 2, 3]);
		const use = () =>
			memory.scope(() => {
				const place = memory.share(() => {}, values);
				return { buffer: place.buffer, kept: memory.keep(() => {}, place) };
			});
		use();
		const first = use();
		const second = use();
		expect(second.buffer).toBe(first.buffer);
		expect(first.kept).toEqual(values);
		expect(first.kept.buffer).toBeInstanceOf(ArrayBuffer);
		expect(memory.keep(() => {}, values)).toBe(values);
	});

	it("never again hands out what was abandoned", () => {
		const memory = createSharedMemory();
		memory.scope(() => {
			const lost = memory.float64(100).fill(1);
			memory.abandon();
			memory.float64(100).fill(2);
			expect(lost.every((value) => value === 1)).toBe(true);
		});
	});
});
