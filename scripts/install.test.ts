import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The environment without npm settings of whoever runs the test. */
const neutral = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name)));

describe("npm ci", () => {
	it("runs no install script", () => {
		expect(readFileSync(`${root}.npmrc`, "utf8")).toMatch(/^ignore-scripts=true$/m);
	});

	it("has nothing to warn of", async () => {
		const cache = await mkdtemp(join(tmpdir(), "dinoseg-npm-"));
		try {
			const output = execFileSync("sh", ["-c", "npm ci --dry-run --offline 2>&1"], {
				cwd: root,
				encoding: "utf8",
				env: { ...neutral, npm_config_userconfig: devNull, npm_config_cache: cache },
				timeout: 50_000,
			});
			expect(output).toMatch(/^(up to date|(added|changed|removed) \d+ packages?)/m);
			expect(output).not.toMatch(/warn/i);
		} finally {
			await rm(cache, { recursive: true });
		}
	});
});
