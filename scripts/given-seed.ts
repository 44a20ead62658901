import { givenSeed } from "../fixtures/seeds.ts";

/**
 * fast-check draws a new seed for each run and tells it when a property fails. DINOSEG_TEST_SEED gives it that seed
 * again, as it gives one to the properties of `forEachSeed`.
 */
const seed = givenSeed();
if (seed !== undefined) {
	const { default: fc } = await import("fast-check");
	fc.configureGlobal({ seed });
}
