import { type Mutant, mutantsOf } from "./mutant.ts";

const source = "packages/kernels/src";

/** The plain loops, and what drives the ones in WebAssembly. */
export const KERNELS: readonly Mutant[] = [
	...mutantsOf(`${source}/reference/resize-weights.ts`, [
		[
			"Math.trunc(center - support + 0.5)",
			"Math.trunc(center - support)",
			"the window begins a pixel early",
			"The kernel is 0 at that pixel.",
		],
		["weight < 0 ? weight - 0.5 : weight + 0.5", "weight + 0.5", "negative weights are rounded upward"],
	]),
	...mutantsOf(`${source}/reference/majority-filter.ts`, [
		["if (old !== fresh) {", "if (old > fresh) {", "labels that grow are not counted"],
		["clampIndex(x - radius - 1, width)", "clampIndex(x - radius, width)", "the window is a pixel narrow"],
	]),
	...mutantsOf(`${source}/reference/upsample.ts`, [
		["if (score > best) {", "if (score >= best) {", "the highest id on ties"],
		["(i + 0.5) * scale + offset", "i * scale + offset", "corners of pixels instead of centres"],
		["count <= LABELS_OF_BYTES", "count < LABELS_OF_BYTES", "256 labels take two bytes"],
	]),
	...mutantsOf(`${source}/reference/distances.ts`, [
		["} else if (row[k] < second) {", "} else if (row[k] < row[nearest]) {", "the second distance is too large"],
	]),
	...mutantsOf(`${source}/simd/resize.ts`, [
		["(lengths[index] + 1) >> 1", "lengths[index] >> 1", "the last tap of an odd number is lost"],
		["if (starts[y] + lengths[y] > last) {", "if (starts[y] > last) {", "rows that are not in memory yet"],
	]),
	...mutantsOf(`${source}/simd/median-filter.ts`, [
		[
			"levels.count > MOST_LEVELS",
			"levels.count >= MOST_LEVELS",
			"256 levels go the slow way",
			"Both ways give the same bytes.",
		],
		[
			"count > limit) {\n\t\t\treturn true;",
			"count > limit) {\n\t\t\treturn false;",
			"many levels pass for few",
			"Both ways give the same bytes.",
		],
	]),
	...mutantsOf(`${source}/simd/upsample.ts`, [
		["token + 1 < cols ? job.tokenBytes : 0", "job.tokenBytes", "a token behind the last of its row"],
		["Math.min(upper + 1, rows - 1)", "Math.min(upper + 1, rows)", "a row of tokens behind the last"],
	]),
	...mutantsOf(`${source}/simd/rank-filter.ts`, [
		["rows.at(y - radius - 1)", "rows.at(y - radius)", "the wrong row leaves the window"],
	]),
	...mutantsOf(`${source}/simd/distances.ts`, [
		[
			"const second = Math.min(target + 1, targetCount - 1) * dim;",
			"const second = target * dim;",
			"every second centroid is forgotten",
		],
	]),
	...mutantsOf(`${source}/simd/scatter.ts`, [
		["Math.sqrt((chunk + 1) / chunks)", "Math.sqrt(chunk / chunks)", "no chunk has a panel"],
	]),
	...mutantsOf(`${source}/simd/threads/chunk-states.ts`, [
		["if (state !== DONE) {", "if (state === FREE) {", "a chunk that was given up is never done"],
		["state = DONE;", "state = TAKEN;", "a finished chunk is done again"],
	]),
	...mutantsOf(`${source}/simd/threads/memory.ts`, [
		[
			"if (used + bytes > block.byteLength) {",
			"if (used > block.byteLength) {",
			"an array behind the end of its block",
		],
		[
			"if (block === outerBlock) {\n\t\t\t\t\tused = outerUsed;",
			"if (block === outerBlock) {\n\t\t\t\t\tused = 0;",
			"an inner scope frees what the outer one holds",
		],
	]),
];
