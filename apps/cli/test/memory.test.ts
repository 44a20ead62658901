import { expect, it } from "vitest";
import { writeGrainyPhotograph } from "../../../fixtures/grainy-photograph.ts";
import { memoryLimit, peakMemoryProbe, readPeakMemory } from "../../../fixtures/peak-memory.ts";
import { createSandbox } from "./harness.ts";

const WIDTH = 4000;
const HEIGHT = 3000;

// The reduced form of scripts/soak-memory.ts.
it.skipIf(process.platform !== "linux")(
	"makes regions of 12 megapixels within their share of 1 GB for 48",
	async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		await writeGrainyPhotograph(sandbox.path("large.jpg"), WIDTH, HEIGHT);
		const status = sandbox.path("status");
		const { code } = await sandbox.start(["segment", "large.jpg", "--segments", "regions"], peakMemoryProbe(status))
			.ended;
		expect(code).toBe(0);
		const peak = readPeakMemory(status);
		expect(peak).toBeGreaterThan(9 * WIDTH * HEIGHT);
		expect(peak).toBeLessThan(memoryLimit(WIDTH * HEIGHT, "regions"));
	},
);
