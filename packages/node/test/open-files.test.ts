import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { lacksOpenFiles } from "../dist/files/open-files.js";

const MODULES = fileURLToPath(new URL("../../../node_modules/", import.meta.url));
const missing = (kind: string, path: string) => new Error(`Cannot find ${kind} '${MODULES}${path}' imported from a.js`);

describe("lacksOpenFiles", () => {
	it.each([
		missing("package", "zod/index.js"),
		missing("package", "@dinoseg/core/index.js"),
		missing("module", "@dinoseg/core/errors"),
		new Error("EMFILE: too many open files, open 'a.js'"),
		new Error("sharp could not be loaded\nENFILE: file table overflow, open 'a.cjs'\n"),
	])("is it: %s", (error) => {
		expect(lacksOpenFiles(error)).toBe(true);
	});

	it.each([
		missing("package", "no-such-package/index.js"),
		missing("module", "zod/v4/no-such-file.js"),
		new Error("ENOENT: no such file or directory, open 'a.js'"),
	])("is another fault: %s", (error) => {
		expect(lacksOpenFiles(error)).toBe(false);
	});
});
