import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VERSION, WARNING_CODES } from "@dinoseg/core";
import { ERROR_CODES } from "@dinoseg/core/errors";
import { SERVER_DEFAULTS } from "@dinoseg/server/options";
import { describe, expect, it } from "vitest";
import { optionDocuments } from "./options-tables.ts";
import { workspaceFolders } from "./workspaces.ts";

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

	it.each(["segment", "batch", "fit", "apply", "serve", "evaluate", "export"])("name every flag of %s", (command) => {
		const cli = fileURLToPath(new URL("apps/cli/bin/dinoseg.js", root));
		const help = execFileSync(process.execPath, [cli, command, "--help", ...(command === "export" ? [] : ["all"])], {
			encoding: "utf8",
		});
		const flags = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)]
			.map(([, flag]) => flag)
			.filter((flag) => flag !== "--help");
		expect(flags.length).toBeGreaterThan(9);
		const documents = [
			"README.md",
			...["flags", "batch", "codebooks", "service", "exports", "measuring"].map((name) => `docs/${name}.md`),
		]
			.map(read)
			.join("\n");
		for (const flag of flags) {
			expect(documents).toContain(`${flag}`);
		}
	});

	it.each(optionDocuments())("say of every option what its record says: $path", ({ path, text }) => {
		expect(read(path), "write it again: npx tsx scripts/options-tables.ts").toBe(text);
	});

	it("names the limits that the service has by default", () => {
		const { maxQueue, maxBytes, maxPixels, maxTokens, uploadSeconds, jobSeconds, maxStoredBytes } = SERVER_DEFAULTS;
		const shown = {
			"max-queue": `${maxQueue}`,
			"max-bytes": `${maxBytes / 1e6} MB`,
			"max-pixels": `${maxPixels / 1e6} megapixels`,
			"max-tokens": `${maxTokens.toLocaleString("en")} (`,
			"upload-seconds": `${uploadSeconds}`,
			"job-seconds": `${jobSeconds}`,
			"max-stored-bytes": `${maxStoredBytes / 2 ** 30} GiB`,
			"keep-seconds": SERVER_DEFAULTS.keepSeconds === 86_400 ? "one day" : "another time",
		};
		const rows = read("docs/service.md").split("\n");
		for (const [flag, value] of Object.entries(shown)) {
			const row = rows.find((line) => line.startsWith(`| \`--${flag}\` |`));
			expect(row?.split(" | ").at(-1), flag).toMatch(new RegExp(`^${value.replace("(", "\\(")}`));
		}
	});

	it("list every name that dinoseg exports and no other", () => {
		const exported = [...read("apps/cli/src/index.ts").matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names]) =>
			names.split(",").flatMap((name) => name.replace(/^\s*type\s/, "").trim() || []),
		);
		const listed = [...read("docs/library.md").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
		expect(listed.sort()).toEqual(exported.sort());
	});

	it("carry the version of the manifests", () => {
		const manifests = [".", ...workspaceFolders()].map((folder) => JSON.parse(read(`${folder}/package.json`)));
		for (const manifest of manifests) {
			expect(manifest.version, manifest.name).toBe(VERSION);
			expect(manifest.license, manifest.name).toBe("Apache-2.0");
		}
	});

	it("name no file that is not there", () => {
		const documents = [".", "docs", "docs/adr", "docs/deploy", "examples", "training", ...workspaceFolders()].flatMap(
			(folder) =>
				readdirSync(new URL(`${folder}/`, root))
					.filter((name) => name.endsWith(".md"))
					.map((name) => `${folder}/${name}`),
		);
		for (const folder of workspaceFolders()) {
			expect(documents).toContain(`${folder}/README.md`);
		}
		for (const document of documents) {
			const base = new URL(document, root);
			for (const [, target] of read(document).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
				expect(() => readFileSync(new URL(target, base)), `${document} → ${target}`).not.toThrow(/ENOENT/);
			}
		}
	});
});
