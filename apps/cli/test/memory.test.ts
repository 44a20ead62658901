import { SEGMENT_KINDS } from "@dinoseg/core/options";
import { expect, it } from "vitest";
import { writeGrainyPhotograph } from "../../../fixtures/grainy-photograph.ts";
import { memoryLimit, peakMemoryProbe, readPeakMemory } from "../../../fixtures/peak-memory.ts";
import { createSandbox } from "./harness.ts";

const WIDTH = 4000;
const HEIGHT = 3000;

// The reduced form of scripts/soak-memory.ts.
it.skipIf(process.platform !== "linux").each(SEGMENT_KINDS)(
	"makes %s of 12 megapixels within their share of 1 GB for 48",
	async (segments) => {
		await using sandbox = await createSandbox({ ownCache: true });
		await writeGrainyPhotograph(sandbox.path("large.jpg"), WIDTH, HEIGHT);
		const status = sandbox.path("status");
		const { code } = await sandbox.start(["segment", "large.jpg", "--segments", segments], peakMemoryProbe(status))
			.ended;
		expect(code).toBe(0);
		const peak = readPeakMemory(status);
		expect(peak).toBeGreaterThan(9 * WIDTH * HEIGHT);
		expect(peak).toBeLessThan(memoryLimit(WIDTH * HEIGHT, segments));
	},
);
