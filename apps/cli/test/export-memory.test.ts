import { link, mkdir, stat } from "node:fs/promises";
import { expect, it } from "vitest";
import { peakMemoryProbe, readPeakMemory } from "../../../fixtures/peak-memory.ts";
import { documentOf, writeStoredResult } from "../../../fixtures/stored-results.ts";
import { createSandbox } from "./harness.ts";

const IMAGES = 256;
const SIDES = { width: 1024, height: 512 };
const HEAP_MEGABYTES = 80;

// The reduced form of scripts/soak-export.ts: few images, but each with as many runs as it can have.
it.skipIf(process.platform !== "linux")("writes a file that is larger than its memory", async () => {
	await using sandbox = await createSandbox();
	let state = 1;
	const data = Uint8Array.from({ length: SIDES.width * SIDES.height }, () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state >>> 31;
	});
	const labels = { data, ...SIDES, count: 2 };
	await writeStoredResult(sandbox.path("out/0"), labels, documentOf(labels, null));
	for (let index = 1; index < IMAGES; index++) {
		await mkdir(sandbox.path(`out/${index}`));
		for (const file of ["labels.png", "segments.json"]) {
			await link(sandbox.path("out/0", file), sandbox.path(`out/${index}`, file));
		}
	}
	const status = sandbox.path("status");
	const { NODE_OPTIONS, ...probe } = peakMemoryProbe(status);
	const options = `${NODE_OPTIONS} --max-old-space-size=${HEAP_MEGABYTES}`;
	const run = await sandbox.start(["export", "out", "--format", "coco"], { ...probe, NODE_OPTIONS: options }).ended;
	expect(run, run.stderr).toMatchObject({ code: 0 });
	const { size } = await stat(sandbox.path("out/coco.json"));
	expect(size).toBeGreaterThan(1e6 * HEAP_MEGABYTES);
	expect(readPeakMemory(status)).toBeLessThan(2 * size);
});
