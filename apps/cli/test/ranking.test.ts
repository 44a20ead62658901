import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRanking } from "../dist/evaluate/ranking.js";

const scores = fc.array(fc.constantFrom(0, 0.25, 0.5, 0.75, 1, Number.NaN), { maxLength: 12 });

describe("createRanking", () => {
	it("keeps the best and the worst of those with a score, none as both, whatever the order", () => {
		fc.assert(
			fc.property(scores, fc.integer({ min: 1, max: 4 }), fc.boolean(), (values, size, isReversed) => {
				const entries = values.map((score, place) => ({ id: String(place).padStart(2, "0"), score, item: place }));
				const ranking = createRanking<number>(size);
				for (const entry of isReversed ? [...entries].reverse() : entries) {
					ranking.add(entry);
				}
				const sorted = entries
					.filter(({ score }) => !Number.isNaN(score))
					.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
				const best = Math.min(size, Math.ceil(sorted.length / 2));
				const worst = Math.min(size, Math.floor(sorted.length / 2));
				expect(ranking.best()).toEqual(sorted.slice(0, best));
				expect(ranking.worst()).toEqual(sorted.reverse().slice(0, worst));
			}),
		);
	});
});
