import { type Mutant, mutantsOf } from "./mutant.ts";

const cli = "apps/cli/src";

/** Inputs, flags, progress. */
export const CLI: readonly Mutant[] = [
	...mutantsOf(`${cli}/inputs/expand-inputs.ts`, [
		["if (ADDRESS.test(input)) {", 'if (ADDRESS.test(input) && input === "") {', "addresses are taken for files"],
		["files.sort()", "files", "images of a glob in any order"],
		["followSymbolicLinks: false", "followSymbolicLinks: true", "a glob follows links"],
	]),
	...mutantsOf(`${cli}/inputs/expansion.ts`, [
		['fixed.length === 1 && fixed[0] === ""', "fixed.length === 0", "a glob at the root"],
	]),
	...mutantsOf(`${cli}/inputs/image-files.ts`, [
		["extname(file).toLowerCase()", "extname(file)", "capital extensions are no images"],
		['if (entry.name.startsWith(".")) {', 'if (entry.name === ".") {', "hidden files are read"],
		["resolve(folder) === output || ", "", "the output folder is read as input"],
		[
			"const folders = [root];",
			"const folders: string[] = [];",
			"the root itself may hold a result",
			"A glob whose root holds a result is refused before.",
		],
	]),
	...mutantsOf(`${cli}/inputs/name-outputs.ts`, [
		["if (other) {", "if (other === image) {", "two images write to one folder"],
		["isAlone && isFree && stem", "isAlone && stem", "stems that only meet after naming"],
		['part !== ".."', 'part !== ""', "outputs outside of the output folder"],
	]),
	...mutantsOf(`${cli}/inputs/skipped-files.ts`, [
		["n - m || (a < b ? -1 : 1)", "m - n || (a < b ? -1 : 1)", "the rarest kind first"],
	]),
	...mutantsOf(`${cli}/runs/fit.ts`, [
		["force || update);", "force);", "an update wants to be forced"],
		["[...codebook.names, ...given]", "[...given, ...codebook.names]", "older names win over newer ones"],
		["id >= clusters", "id > clusters", "a name for the id after the last"],
		["seen.outcome.open > 0", "seen.outcome.bad > 0", "a codebook without the images that are left"],
		["return failed > 0 ? EXIT.failed : EXIT.done;", "return EXIT.done;", "a bad image is no failure"],
	]),
	...mutantsOf(`${cli}/codebook/part-outputs.ts`, [
		[
			"await storage.put(key, bytes);",
			"if ((await storage.size(key)) === undefined) await storage.put(key, bytes);",
			"a part that has changed stays",
		],
	]),
	...mutantsOf(`${cli}/codebook/stored-parts.ts`, [
		["partKey(bytes) !== key", "bytes.length === 0", "a part with other bytes is fitted"],
		["await storage.remove(gone);", "", "nobody looks again at images whose part is gone"],
		["if (!state.isComplete) {", "if (state.isComplete) {", "shards that are missing are fitted"],
	]),
	...mutantsOf(`${cli}/progress/bytes.ts`, [["value >= 999.5", "value >= 1000", "1000 kB instead of 1.0 MB"]]),
	...mutantsOf(`${cli}/progress/printable.ts`, [
		["\\u007f-\\u009f]", "\\u007f]", "the C1 control characters reach the terminal"],
	]),
	...mutantsOf(`${cli}/progress/progress.ts`, [
		["state.total - state.finished", "state.total - state.finished - 1", "an image less is left"],
		["whole < 3600", "whole <= 3600", "60 min instead of 1 h"],
		["if (seconds < 10) {", "if (seconds <= 10) {", "10.0 s instead of 10 s"],
	]),
	...mutantsOf(`${cli}/progress/renderers.ts`, [
		["if (!quiet && (total === null || total > 1)) {", "if (!quiet) {", "a summary of one image"],
		["stream.isTTY === true && !quiet", "!quiet", "a live line in a log file"],
	]),
	...mutantsOf(`${cli}/progress/download.ts`, [
		["share >= shownShare + PLAIN_STEP", "share >= shownShare", "a line for every chunk"],
		["const fetched = bytes - startedFrom;", "const fetched = bytes;", "bytes from before count as speed"],
	]),
	...mutantsOf(`${cli}/progress/run-log.ts`, [
		['result.status === "failed");', 'result.status !== "failed");', "failures and successes swapped"],
		[
			"(place.get(inputLabel(a)) ?? 0) - (place.get(inputLabel(b)) ?? 0)",
			"(place.get(inputLabel(b)) ?? 0) - (place.get(inputLabel(a)) ?? 0)",
			"results in the reverse order",
		],
	]),
];
