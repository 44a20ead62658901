import { BaseSequencer, type TestSpecification } from "vitest/node";
import { createRandom } from "../packages/core/src/rng.ts";

/** What takes longest. If one of them came last, all other processes would wait for it. */
const LONG = [
	"scripts/documents.test.ts",
	"scripts/packages.test.ts",
	"packages/core/test/browser-parity.test.ts",
	"apps/studio/test/studio.test.ts",
	"apps/studio/test/faults.test.ts",
	"apps/studio/test/accessibility.test.ts",
];

/** Files of tests in an order that the seed of the run gives, but for the longest, which come first. */
export class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const random = createRandom(this.ctx.config.sequence.seed);
		return files
			.map((file) => ({ file, rank: LONG.some((name) => file.moduleId.endsWith(`/${name}`)) ? -1 : random.next() }))
			.sort((a, b) => a.rank - b.rank)
			.map(({ file }) => file);
	}
}
