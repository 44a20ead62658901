/** Exports a data set of 100,000 images and measures the memory of that process. Prints one line of JSON for `soak.ts`. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { writeManyResults } from "../fixtures/many-results.ts";
import { peakMemoryProbe, readPeakMemory } from "../fixtures/peak-memory.ts";

const IMAGES = 100_000;
const FEW_IMAGES = 1000;
/** Bytes that the large data set may take more than the small one: a hundredth of what it holds. */
const GROWTH_LIMIT = 100e6;

const bin = fileURLToPath(new URL("../apps/cli/bin/dinoseg.js", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "dinoseg-soak-"));
try {
	const measure = async (results: string) => {
		const target = join(folder, `${results}.json`);
		const status = join(folder, "status");
		const start = performance.now();
		execFileSync(
			process.execPath,
			[bin, "export", join(folder, results), "--format", "coco", "-o", target, "--quiet"],
			{
				env: { ...process.env, ...peakMemoryProbe(status) },
			},
		);
		const seconds = (performance.now() - start) / 1000;
		return { seconds, peak: readPeakMemory(status), bytes: (await stat(target)).size };
	};
	await writeManyResults(join(folder, "few"), FEW_IMAGES);
	const few = await measure("few");
	await writeManyResults(join(folder, "many"), IMAGES);
	const many = await measure("many");
	console.log(JSON.stringify({ few, many, limit: few.peak + GROWTH_LIMIT }));
	process.exitCode = many.peak <= few.peak + GROWTH_LIMIT ? 0 : 1;
} finally {
	await rm(folder, { recursive: true });
}
