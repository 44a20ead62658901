/** Segments a photograph of 48 megapixels and measures the memory of that process. Prints one line of JSON for `soak.ts`. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeGrainyPhotograph } from "../fixtures/grainy-photograph.ts";
import { memoryLimit, peakMemoryProbe, readPeakMemory } from "../fixtures/peak-memory.ts";

const WIDTH = 8000;
const HEIGHT = 6000;
/** What takes memory in ways of its own. */
const FLAGS = ["--smooth median", "--smooth majority", "--smooth guided", "--segments regions"];

const bin = fileURLToPath(new URL("../apps/cli/bin/dinoseg.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "dinoseg-soak-"));
try {
	const photograph = join(folder, "large.jpg");
	await writeGrainyPhotograph(photograph, WIDTH, HEIGHT);
	const peaks: Record<string, number> = {};
	for (const flag of FLAGS) {
		const status = join(folder, "status");
		const flags = [...flag.split(" "), "--min-area", "0.01%", "--output", join(folder, flag), "--quiet"];
		execFileSync(process.execPath, [bin, "segment", photograph, ...flags], {
			env: { ...process.env, DINOSEG_CACHE: join(folder, "cache"), ...peakMemoryProbe(status) },
		});
		peaks[flag] = readPeakMemory(status);
	}
	const limit = memoryLimit(WIDTH * HEIGHT);
	console.log(JSON.stringify({ peaks, limit }));
	process.exitCode = Object.values(peaks).every((peak) => peak <= limit) ? 0 : 1;
} finally {
	await rm(folder, { recursive: true });
}
