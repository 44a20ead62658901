import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashPath } from "../dist/path-hash.js";
import { PathTable } from "../dist/path-table.js";

describe("PathTable", () => {
	it("knows what a Map knows", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(40), fc.integer()), { maxLength: 200 }), (entries) => {
				const [table, map] = [new PathTable(), new Map<number, number>()];
				for (const [path, value] of entries) {
					table.set(hashPath(`${path}`), value);
					map.set(path, value);
				}
				expect(table.size).toBe(map.size);
				for (let path = 0; path <= 41; path++) {
					expect(table.get(hashPath(`${path}`))).toBe(map.get(path));
				}
			}),
		);
	});

	it("keeps hashes apart that begin at the same slot, or differ in one half only", () => {
		const table = new PathTable();
		const hashes = Array.from({ length: 3000 }, (_, index) => ({
			high: index % 3,
			low: Math.floor(index / 3) * 2 ** 20,
		}));
		for (const [index, hash] of hashes.entries()) {
			table.set(hash, index);
		}
		expect(hashes.map((hash) => table.get(hash))).toEqual(hashes.map((_, index) => index));
	});

	it("holds 100,000 paths, and no other one", () => {
		const table = new PathTable();
		for (let index = 0; index < 100_000; index++) {
			table.set(hashPath(`photos/${index}.jpg`), index);
		}
		for (let index = 0; index < 100_000; index += 97) {
			expect(table.get(hashPath(`photos/${index}.jpg`))).toBe(index);
			expect(table.get(hashPath(`photos/${index}.png`))).toBeUndefined();
		}
	});
});

describe("hashPath", () => {
	it("is the beginning of the SHA-256", () => {
		// From FIPS 180-2, appendix B.1.
		expect(hashPath("abc")).toEqual({ high: 0xba7816bf, low: 0x8f01cfea });
	});
});
