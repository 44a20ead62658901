import { type Mutant, mutantsOf } from "./mutant.ts";

const jobs = "packages/jobs/src";

/** The manifest of a batch, its shards and its tars. */
export const JOBS: readonly Mutant[] = [
	...mutantsOf(`${jobs}/manifest.ts`, [
		["await file.truncate(end);", "await file.stat();", "a half line stays, and the next one is added to it"],
		[
			"sealed?.[0] !== size || sealed[1] !== sha256",
			"sealed?.[0] !== size && sealed?.[1] !== sha256",
			"other bytes of the same length pass",
		],
	]),
	...mutantsOf(`${jobs}/item-filter.ts`, [
		["before === source ?", "before !== source ?", "an item that comes twice is a conflict"],
	]),
	...mutantsOf(`${jobs}/run-batch.ts`, [
		['if (failFast || kind === "stop") {', "if (failFast) {", "a full disk does not end the run"],
		["if (stopped === undefined && open === 0) {", "if (stopped === undefined) {", "an end though something is open"],
	]),
	...mutantsOf(`${jobs}/shard.ts`, [
		["% count) + 1 === number", "% count) === number", "numbers of shards begin at 0"],
		["number: index - firstIndex + 1", "number: index + 1", "the first index of an array job is always 0"],
	]),
	...mutantsOf(`${jobs}/tar-file.ts`, [
		["at += bytes.length - TRAILER.length;", "at += bytes.length;", "the end of a tar stays in its middle"],
	]),
	...mutantsOf(`${jobs}/fault.ts`, [
		['NAME.has(errno) ? "bad" : "stop"', 'NAME.has(errno) ? "stop" : "bad"', "a full disk is the image's fault"],
	]),
];
