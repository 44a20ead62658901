import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Many times what the benches take; one that hangs is ended before its test is given up, which could not end it. */
const MOST_MS = 280_000;

const ROWS = {
	start: "| `dinoseg segment --help` |",
	relabelling: "| tokens to label map |",
	exports: "| `geojson`, `--simplify 2` |",
};

describe("bench/run.ts", () => {
	it(`still runs: ${Object.keys(ROWS).join(", ")}`, { timeout: MOST_MS + 20_000 }, async () => {
		const { stdout } = await promisify(execFile)(
			process.execPath,
			["--import", "tsx", "bench/run.ts", "--quick", "--only", Object.keys(ROWS).join(",")],
			{ cwd: root, timeout: MOST_MS },
		);
		for (const row of Object.values(ROWS)) {
			expect(stdout).toContain(row);
		}
	});
});
