import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = ["packages/*/src/*.ts", "apps/*/src/*.ts", "apps/*/src/*.tsx"];
const HOME = "packages/core/src/model/";

it("nothing outside core/model asks which family of networks a model is of", () => {
	const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...SOURCES], {
		cwd: root,
	});
	const files = listed
		.toString("utf8")
		.trim()
		.split("\n")
		.filter((file) => !file.includes(".test."));
	const asking = files.filter((file) => /\.family\b|["']dinov[23]["']/.test(readFileSync(`${root}/${file}`, "utf8")));
	expect(asking.filter((file) => file.startsWith(HOME)).length).toBeGreaterThan(0);
	expect(asking.filter((file) => !file.startsWith(HOME))).toEqual([]);
});
