import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Many times what a bench takes; one that hangs is ended before its test is given up, which could not end it. */
const MOST_MS = 280_000;

describe("bench/run.ts", () => {
	it.each([
		["start", "| `dinoseg segment --help` |"],
		["relabelling", "| tokens to label map |"],
		["exports", "| `geojson`, `--simplify 2` |"],
	])("still runs: %s", { timeout: MOST_MS + 20_000 }, async (table, row) => {
		const { stdout } = await promisify(execFile)(
			process.execPath,
			["--import", "tsx", "bench/run.ts", "--quick", "--only", table],
			{ cwd: root, timeout: MOST_MS },
		);
		expect(stdout).toContain(row);
	});
});
