import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

describe("bench/run.ts", () => {
	it.each([
		["relabelling", "| tokens to label map |"],
		["exports", "| `geojson`, `--simplify 2` |"],
	])("still runs: %s", (table, row) => {
		const stdout = execFileSync("npx", ["tsx", "bench/run.ts", "--quick", "--only", table], {
			cwd: root,
			encoding: "utf8",
			stdio: ["ignore", "pipe", "ignore"],
		});
		expect(stdout).toContain(row);
	});
});
