import { makeVectors, solveHalves } from "../eigen/jobs.ts";
import { projectRows } from "./project.ts";
import { scatterPanels } from "./scatter.ts";
import type { Job } from "./threads/job.ts";
import { eigenJob } from "./tools.ts";

/** All jobs by name: a helper is told the name alone. */
export const JOBS: Readonly<Record<string, Job<never>>> = Object.fromEntries(
	[scatterPanels, projectRows, eigenJob(solveHalves), eigenJob(makeVectors)].map((job) => [job.name, job]),
);
