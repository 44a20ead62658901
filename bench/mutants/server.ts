import { type Mutant, mutantsOf } from "./mutant.ts";

const server = "apps/server/src";

/** Who may use the service, what it takes, and what it keeps. */
export const SERVER: readonly Mutant[] = [
	...mutantsOf(`${server}/app/access.ts`, [
		[
			"if (isLoopback && !isLoopbackHost(",
			"if (!isLoopback && !isLoopbackHost(",
			"a foreign host is let in on loopback",
		],
		[
			"&& own === host.toLowerCase()",
			"&& own.startsWith(host.toLowerCase())",
			"an origin that begins like ours is ours",
		],
		["if (!timingSafeEqual(", "if (given !== undefined && !timingSafeEqual(", "no token is as good as the right one"],
	]),
	...mutantsOf(`${server}/server-options.ts`, [
		[
			"if (token === undefined && !isLoopbackHost(host))",
			"if (token === undefined && isLoopbackHost(host))",
			"a service for others needs no token",
		],
	]),
	...mutantsOf(`${server}/uploads/receive-upload.ts`, [
		[
			"done(bytes > maxBytes ? tooLarge(maxBytes) : null, chunk);",
			"done(null, chunk);",
			"a body without a length has no limit",
		],
		[".finally(() => closed)", "", "a file appears after it was removed"],
		["if (Object.hasOwn(fields, name)) {", "if (false) {", "of a field that is there twice the last one counts"],
	]),
	...mutantsOf(`${server}/work/jobs.ts`, [
		[
			"if (taken() >= capacity + workers) {",
			"if (active.size >= capacity + workers) {",
			"uploads take no place in the queue",
		],
		[
			"if (job.waiters === 0 && !job.isHeld && isActive(job)) {",
			"if (!job.isHeld && isActive(job)) {",
			"who leaves cancels the job of all",
		],
		["known !== undefined && !known.isEnding", "known !== undefined", "a request joins a job that is being cancelled"],
		["if (active.get(id) === job) {", "if (active.has(id)) {", "the end of a cancelled job hides the new one"],
	]),
	...mutantsOf(`${server}/work/workers.ts`, [
		[
			"worker.images.has(imageId) ? 0 : 1",
			"worker.images.has(imageId) ? 1 : 1",
			"a worker that knows the image is not preferred",
		],
		['error.code === "INTERNAL" || error.code === "MODEL_RUN_FAILED"', "false", "a segmenter goes on after a fault"],
	]),
	...mutantsOf(`${server}/store/entry-store.ts`, [
		[
			"const free = [...entries].filter(([, { holders }]) => holders === 0);",
			"const free = [...entries];",
			"what is used is let go",
		],
		["if (files.includes(marker)) {", "if (files.length > 0) {", "an entry that is not complete counts"],
		["entry.usedAtMs = now();\n\t\t\tconst used", "const used", "a use does not count"],
	]),
	...mutantsOf(`${server}/routes/send-file.ts`, [
		["return given.includes(validator.etag)", "return given.length > 0", "a client that has other bytes gets none"],
	]),
	...mutantsOf(`${server}/api/problems.ts`, [
		["detail: isHidden ? HIDDEN[status]", "detail: false ? HIDDEN[status]", "faults tell clients their paths"],
	]),
	...mutantsOf(`${server}/work/models.ts`, [
		["if (!names.includes(model)) {", "if (false) {", "a client can name a folder as a model"],
	]),
	...mutantsOf(`${server}/work/segmentations.ts`, [
		["if (rows * cols > maxTokens) {", "if (rows * cols < 0) {", "an image may have any number of tokens"],
	]),
	...mutantsOf(`${server}/work/image-work.ts`, [
		[
			"throw deadline.isOver ? takesTooLong(jobMs) : error;",
			"throw error;",
			"a job that takes too long was cancelled by nobody",
		],
	]),
];
