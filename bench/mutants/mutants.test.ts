import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { mutantKey } from "../mutation/mutation-report.ts";
import { testRuns } from "../mutation/try-mutant.ts";
import { MUTANTS } from "./index.ts";
import { applyMutant } from "./mutant.ts";
import { ALL_NAMED_TESTS } from "./named-tests.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("the list of mistakes", () => {
	it.each([...new Set(MUTANTS.map(({ file }) => file))])("still fits %s", (file) => {
		const text = readFileSync(root + file, "utf8");
		for (const mutant of MUTANTS.filter((each) => each.file === file)) {
			expect(applyMutant(text, mutant)).not.toBe(text);
		}
	});

	it("has each mistake once, in a few words", () => {
		expect(new Set(MUTANTS.map(mutantKey)).size).toBe(MUTANTS.length);
		for (const { mistake, equivalent } of MUTANTS) {
			expect(mistake).toMatch(/^\S.{3,69}[^.\s]$/);
			expect(equivalent ?? "Same.").toMatch(/^[A-Z`].*\.$/);
		}
	});

	it("has tests that look at every source", () => {
		for (const test of ALL_NAMED_TESTS) {
			expect(existsSync(root + test), test).toBe(true);
		}
		for (const { file } of MUTANTS) {
			expect(testRuns(root, file), file).not.toEqual([]);
		}
	});
});

describe("applyMutant", () => {
	const mutant = { file: "a.ts", find: "a < b", replace: "a <= $& b", mistake: "off by one" };

	it("replaces the text, whatever its characters mean to patterns", () => {
		expect(applyMutant("if (a < b) {}", mutant)).toBe("if (a <= $& b) {}");
	});

	it.each(["if (a > b) {}", "a < b && a < b"])("refuses a text that does not stand there once: %s", (text) => {
		expect(() => applyMutant(text, mutant)).toThrow(/a\.ts: "off by one" .* found [02] times: a < b/);
	});

	it("refuses what changes nothing, or finds nothing", () => {
		expect(() => applyMutant("a < b", { ...mutant, replace: "a < b" })).toThrow(/found 1 times/);
		expect(() => applyMutant("a < b", { ...mutant, find: "" })).toThrow(/found 0 times/);
	});
});
