import { type Mutant, mutantsOf } from "./mutant.ts";

const core = "packages/core/src";

/** What becomes of label maps, what holds the pipeline together (options, keys, memories), and the client of the hub. */
export const CORE_RESULTS: readonly Mutant[] = [
	...mutantsOf(`${core}/labels/rle.ts`, [
		["runs.length > 2 ? run", "runs.length > 1 ? run", "the second difference begins a run early"],
		["if (index % 2 === 1) {", "if (index % 2 === 0) {", "zeros and ones swapped"],
		["if (total !== height * width) {", "if (total > height * width) {", "runs that end too early are taken"],
	]),
	...mutantsOf(`${core}/labels/mask-encoder.ts`, [
		[
			"bottom = Math.max(bottom, isWithinColumn ? y + ones : height);",
			"bottom = Math.max(bottom, y + ones);",
			"a run over several columns in the box",
		],
	]),
	...mutantsOf(`${core}/labels/numbering.ts`, [
		["firsts[a] - firsts[b] || a - b)", "a - b)", "of equal areas the lower old id comes first"],
		["occurrences.areas[id] > 0 && ", "", "labels that do not occur get an id"],
	]),
	...mutantsOf(`${core}/labels/statistics.ts`, [
		[
			"data[index - width] === id ? 0 : 1",
			"data[index - width] === id ? 1 : 0",
			"inner edges are counted as perimeter",
		],
		["if (sums.pixels[id] > 0 && ", "if (sums.pixels[id] >= 0 && ", "segments without pixels are listed"],
	]),
	...mutantsOf(`${core}/labels/area-sums.ts`, [
		[
			"(pixels * (begin + index - 2 * row)) / 2",
			"(pixels * (begin + index - 2 * row - 1)) / 2",
			"centroids in corners of pixels",
		],
		["boxes[box + 3] = y + 1;", "boxes[box + 3] = y;", "boxes are a row short"],
	]),
	...mutantsOf(`${core}/labels/label-png.ts`, [
		["const INDEXED_LIMIT = 256;", "const INDEXED_LIMIT = 255;", "256 labels have no palette"],
		["isPng(bytes) && pixels > maxPixels", "isPng(bytes) && pixels >= maxPixels", "a picture at the limit is refused"],
		["Math.max(highest + 1, palette?.length ?? 0)", "highest + 1", "labels without pixels are forgotten"],
	]),
	...mutantsOf(`${core}/labels/exports/coco.ts`, [
		['"category_id":${segment + 1}', '"category_id":${segment}', "annotations of the category before"],
		["if (mask.pixels > 0 && ", "if (mask.pixels > 1 && ", "segments of one pixel are left out"],
	]),
	...mutantsOf(`${core}/labels/exports/csv.ts`, [
		['/[",\\r\\n]|^\\s|\\s$/.test(text)', '/[",\\r\\n]/.test(text)', "spaces at the ends are not quoted"],
		["text.replaceAll('\"', '\"\"')", "text", "quotes are not doubled"],
	]),
	...mutantsOf(`${core}/labels/exports/geojson.ts`, [
		["(mirrors ? length - index : index) % length", "index % length", "rings turn the wrong way in a mirrored map"],
		["return a * e - b * d < 0;", "return a * e - b * d > 0;", "mirrored and not mirrored swapped"],
	]),
	...mutantsOf(`${core}/labels/exports/yolo.ts`, [
		["at % 2 === 0 ? width : height", "at % 2 === 0 ? height : width", "axes swapped"],
	]),
	...mutantsOf(`${core}/labels/exports/mask-runs.ts`, [
		[
			"left = beyond > width ? 0 : Math.min(left, x);",
			"left = Math.min(left, x);",
			"the box of a run that goes on in the next row",
		],
	]),
	...mutantsOf(`${core}/labels/exports/zip.ts`, [
		["if (files.has(file)) {", "if (files.size < 0) {", "a file twice in a zip"],
	]),
	...mutantsOf(`${core}/labels/names/parse-names.ts`, [
		["cell.length > LONGEST_NAME", "cell.length >= LONGEST_NAME", "a name of the greatest length is refused"],
		["Number(cell) > HIGHEST_ID", "Number(cell) >= HIGHEST_ID", "the highest id is refused"],
		[
			"value >> 16, (value >> 8) & 255, value & 255",
			"value & 255, (value >> 8) & 255, value >> 16",
			"red and blue swapped",
		],
	]),
	...mutantsOf(`${core}/labels/names/segment-names.ts`, [
		["names.get(id)?.name ?? name", 'names.get(id)?.name ?? ""', "a segment that is not named loses its name"],
	]),
	...mutantsOf(`${core}/options/options.ts`, [
		["default: 0.99,", "default: 0.95,", "another default of pca"],
		["default: { share: 0.001 },", "default: { share: 0.01 },", "another default of the minimum area"],
	]),
	...mutantsOf(`${core}/options/option-kind.ts`, [
		["value >= min && value <= max", "value >= min && value < max", "the upper bound is not allowed"],
	]),
	...mutantsOf(`${core}/options/presets.ts`, [
		[
			"return { ...filled, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };",
			"return { ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), ...filled };",
			"a preset wins over what was given",
		],
		["given.detail === undefined ? { clusters } : {}", "{ clusters }", "a detail by hand meets the number of a preset"],
		['smooth: { method: "median", window: 15 },', 'smooth: { method: "median" },', "the recipe without its window"],
	]),
	...mutantsOf(`${core}/options/resolve-options.ts`, [
		[
			"appliesTo !== undefined && appliesTo !== segments",
			"appliesTo !== undefined && appliesTo === segments",
			"the wrong kind of segments refuses an option",
		],
		["checkApplicable(options);\n\treturn options;", "return options;", "options that decide nothing are taken"],
		[
			"given[key] === undefined ? DEFAULT_OPTIONS[key] : given[key]",
			"given[key] || DEFAULT_OPTIONS[key]",
			"0 becomes the default",
		],
	]),
	...mutantsOf(`${core}/engine/token-key.ts`, [
		[
			"canonicalJson({ ...parts, version: TOKENS_VERSION })",
			"canonicalJson(parts)",
			"the version is forgotten in the key",
		],
		[".sort(([a], [b]) => (a < b ? -1 : 1))", "", "the key depends on the order of fields"],
	]),
	...mutantsOf(`${core}/engine/compute-tokens.ts`, [
		[
			"page, bands, nodata, stretch, median, ...seenBy",
			"page, bands, nodata, stretch, ...seenBy",
			"the median is forgotten in the key",
		],
		[
			"dtype: model.dtype,\n\t\texecutionProvider",
			'dtype: "",\n\t\texecutionProvider',
			"the number type is forgotten in the key",
		],
		["if (tokens > MAX_TOKENS) {", "if (tokens < 0) {", "no limit of tokens"],
		["if (clusters > tokens) {", "if (clusters >= tokens) {", "as many clusters as tokens are refused"],
	]),
	...mutantsOf(`${core}/engine/picture-memory.ts`, [
		["return known && copyPicture(known);", "return known;", "callers share the pixels that are kept"],
		["memory.set(key, copyPicture(picture));", "memory.set(key, picture);", "what is kept is the caller's"],
		["if (pictureBytes(picture) <= maxBytes) {", "{", "a picture that is too large drops the others"],
	]),
	...mutantsOf(`${core}/engine/recent-memory.ts`, [
		["if (total <= maxBytes) {", "if (total < maxBytes) {", "a memory that is just full drops an entry"],
		["drop(key);\n\t\t\t\tkeep(key, entry);", "", "what is read stays as old as it was"],
		["total -= bytesOf(entry);", "", "dropped entries still count"],
	]),
	...mutantsOf(`${core}/hub/retry.ts`, [
		["failures > limit", "failures >= limit", "one try less"],
		[
			"madeProgress() ? 1 : failures + 1",
			"madeProgress() ? failures : failures + 1",
			"progress leaves the count as it was",
		],
		["Math.max(retryAfterMs, Math.round", "Math.min(retryAfterMs, Math.round", "the server's wait is not kept"],
	]),
	...mutantsOf(`${core}/hub/download-blob.ts`, [
		["if (size > file.bytes) {", "if (size > 0) {", "a part is always begun anew"],
		["buffer.subarray(0, read)", "buffer.subarray(0, 0)", "the part from before is missing in the hash"],
		["Number(start) === transfer.offset &&", "Number(start) >= 0 &&", "an answer from another place is appended"],
		["if (actual === file.hash) {", 'if (actual !== "") {', "a wrong hash is taken"],
	]),
	...mutantsOf(`${core}/hub/endpoint.ts`, [
		['url.href.replace(/\\/+$/, "")', "url.href", "an address with two slashes"],
	]),
	...mutantsOf(`${core}/hub/blob-hash.ts`, [["`blob ${bytes}\\0`", "`blob ${bytes}`", "git's hash without its NUL"]]),
];
