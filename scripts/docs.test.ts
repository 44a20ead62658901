import { readdirSync, readFileSync } from "node:fs";
import { ERROR_CODES, VERSION, WARNING_CODES } from "@dinoseg/core";
import { describe, expect, it } from "vitest";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

/** Codes in the first column of the tables below a heading. */
function documentedCodes(text: string): string[] {
	return [...text.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]);
}

describe("documents", () => {
	const [errors, warnings] = read("docs/errors.md").split("## Warnings");

	it("list every error code and no other", () => {
		expect(documentedCodes(errors).sort()).toEqual(Object.keys(ERROR_CODES).sort());
	});

	it("list every warning code and no other", () => {
		expect(documentedCodes(warnings).sort()).toEqual([...WARNING_CODES].sort());
	});

	it("carry the version of the manifests", () => {
		const folders = ["packages", "apps", "models"].flatMap((group) =>
			readdirSync(new URL(group, root)).map((name) => `${group}/${name}`),
		);
		const manifests = [".", ...folders].map((folder) => JSON.parse(read(`${folder}/package.json`)));
		for (const manifest of manifests) {
			expect(manifest.version, manifest.name).toBe(VERSION);
			expect(manifest.license, manifest.name).toBe("Apache-2.0");
		}
	});

	it("name no file that is not there", () => {
		for (const document of [
			"README.md",
			...readdirSync(new URL("docs", root))
				.filter((name) => name.endsWith(".md"))
				.map((name) => `docs/${name}`),
		]) {
			const base = new URL(document, root);
			for (const [, target] of read(document).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
				expect(() => readFileSync(new URL(target, base)), `${document} → ${target}`).not.toThrow(/ENOENT/);
			}
		}
	});
});
