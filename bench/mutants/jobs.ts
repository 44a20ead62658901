import { type Mutant, mutantsOf } from "./mutant.ts";

const jobs = "packages/jobs/src";

/** The manifest of a batch, its shards and its tars; chunks, the queue and its workers. */
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
	...mutantsOf(`${jobs}/chunk/chunks.ts`, [
		["hashPath(item.path).high % mean", "hashPath(item.path).low % mean", "chunks end where shards are told apart"],
		['createHash("sha256").update(run)', 'createHash("sha256")', "chunks of two runs have one id"],
	]),
	...mutantsOf(`${jobs}/chunk/chunk-end.ts`, [
		["end?.run === run ? end.chunks", "end ? end.chunks", "the end of another run counts"],
	]),
	...mutantsOf(`${jobs}/worker/work-chunk.ts`, [
		["notes.deaths(path) >= MOST_DEATHS", "notes.deaths(path) > MOST_DEATHS", "an image ends one worker too many"],
		["isSuspect ? slots.count : 1", "1", "a suspect is done beside others"],
		["known.size > 0 && !lease.signal.aborted", "known.size > 0", "a manifest of a chunk that is another worker's"],
		["known.delete(path);", "known.get(path);", "what is gone stays in the manifest"],
	]),
	...mutantsOf(`${jobs}/worker/begun-notes.ts`, [
		["(before.get(path) ?? 0) + 1", "1", "the workers that an image ended are not added up"],
	]),
	...mutantsOf(`${jobs}/producer/produce-batch.ts`, [
		["totals.forgotten += forgotten;", "totals.forgotten = forgotten;", "what failed before counts as ended"],
		["await patient(() => removeEnd(storage, folder));", "", "a shard is complete though chunks came"],
	]),
	...mutantsOf(`${jobs}/queue/redis/redis-scripts.ts`, [
		['redis.call("PEXPIRE", KEYS[1], ARGV[2])', 'redis.call("PTTL", KEYS[1])', "a lease is not renewed"],
		['redis.call("HSETNX", KEYS[2], "counted", 1) == 0', "false", "a job that two workers ended counts twice"],
		["#!lua flags=allow-oom", "#!lua", "jobs that are done cannot end on a full server"],
	]),
	...mutantsOf(`${jobs}/fault.ts`, [
		['NAME.has(errno) ? "bad" : "stop"', 'NAME.has(errno) ? "stop" : "bad"', "a full disk is the image's fault"],
	]),
];
