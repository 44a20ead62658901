import { CLI } from "./cli.ts";
import { CORE_PIPELINE } from "./core-pipeline.ts";
import { CORE_RESULTS } from "./core-results.ts";
import { JOBS } from "./jobs.ts";
import { KERNELS } from "./kernels.ts";
import type { Mutant } from "./mutant.ts";
import { NODE } from "./node.ts";
import { SERVER } from "./server.ts";

/** All mistakes that `npm run mutate` makes. */
export const MUTANTS: readonly Mutant[] = [
	...KERNELS,
	...NODE,
	...JOBS,
	...SERVER,
	...CLI,
	...CORE_RESULTS,
	...CORE_PIPELINE,
];
