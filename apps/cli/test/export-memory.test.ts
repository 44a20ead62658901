import { link, mkdir, stat } from "node:fs/promises";
import { expect, it } from "vitest";
import { peakMemoryProbe, readPeakMemory } from "../../../fixtures/peak-memory.ts";
import { documentOf, writeStoredResult } from "../../../fixtures/stored-results.ts";
import { createSandbox } from "./harness.ts";

/** So many that the memory of their garbage is there. */
const FEW = 24;
const MANY = 112;
const SIDES = { width: 1024, height: 512 };
const HEAP_MEGABYTES = 56;

// The reduced form of scripts/soak-export.ts: few images, but each with as many runs as it can have.
it.skipIf(process.platform !== "linux")("writes a file that is larger than its memory", async () => {
	await using sandbox = await createSandbox();
	let state = 1;
	const data = Uint8Array.from({ length: SIDES.width * SIDES.height }, () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state >>> 31;
	});
	const labels = { data, ...SIDES, count: 2 };
	await writeStoredResult(sandbox.path("result"), labels, documentOf(labels, null));
	const writeResults = async (folder: string, count: number) => {
		for (let index = 0; index < count; index++) {
			await mkdir(sandbox.path(folder, `${index}`), { recursive: true });
			for (const file of ["labels.png", "segments.json"]) {
				await link(sandbox.path("result", file), sandbox.path(folder, `${index}`, file));
			}
		}
	};
	await writeResults("few", FEW);
	await writeResults("many", MANY);
	const status = sandbox.path("status");
	const { NODE_OPTIONS, ...probe } = peakMemoryProbe(status);
	const environment = { ...probe, NODE_OPTIONS: `${NODE_OPTIONS} --max-old-space-size=${HEAP_MEGABYTES}` };
	const peakOf = async (folder: string): Promise<number> => {
		const run = await sandbox.start(["export", folder, "--format", "coco"], environment).ended;
		expect(run, run.stderr).toMatchObject({ code: 0 });
		return readPeakMemory(status);
	};
	const before = await peakOf("few");
	const peak = await peakOf("many");
	const { size } = await stat(sandbox.path("many/coco.json"));
	expect(size).toBeGreaterThan(1e6 * HEAP_MEGABYTES);
	expect(peak - before).toBeLessThan(size / 2);
});
