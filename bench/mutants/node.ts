import { type Mutant, mutantsOf } from "./mutant.ts";

const node = "packages/node/src";

/** Files, caches, the hub and decoding. */
export const NODE: readonly Mutant[] = [
	...mutantsOf(`${node}/cache/cache-folder.ts`, [
		["base && posix.isAbsolute(base)", "base", "a relative folder of the environment is taken"],
	]),
	...mutantsOf(`${node}/cache/token-cache.ts`, [
		["a.usedAtMs - b.usedAtMs ||", "b.usedAtMs - a.usedAtMs ||", "the newest files are dropped first"],
		["utimes(path, used, used))", "Promise.resolve())", "reading does not make a file recent"],
		["await rename(temporary, path);", "rename(temporary, path);", "a dropped await"],
		[
			"nowMs - entry.usedAtMs > STALE_AFTER_MS",
			"nowMs - entry.usedAtMs < STALE_AFTER_MS",
			"files that are being written are removed",
		],
		[
			"grid === undefined ? rm(path, { force: true }) :",
			"grid === undefined ? Promise.resolve() :",
			"a damaged file stays",
		],
	]),
	...mutantsOf("packages/core/src/engine/token-file.ts", [
		["(await digest(payload)) !== header.sha256", "false", "damaged tokens are not noticed"],
		["view.getUint32(4, true) !== TOKEN_FILE_VERSION", "false", "files of another version are read"],
		["floats(tokens, tokens + rows * cols)", "floats(0, rows * cols)", "norms are read from the tokens"],
	]),
	...mutantsOf(`${node}/hub/cache-layout.ts`, [
		["isCommit(text) ? text : undefined", "text", "a ref that holds no commit is taken"],
		["if (size !== file.bytes) {", "if (size === undefined) {", "a file of another size counts as there"],
	]),
	...mutantsOf(`${node}/hub/settings.ts`, [
		[
			'env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"]',
			'env["HUGGINGFACE_HUB_CACHE"] || env["HF_HUB_CACHE"]',
			"the old variable wins",
		],
		["const token = text.trim();", "const token = text;", "the line break after a token stays"],
		['(text ?? "").trim().toUpperCase()', '(text ?? "").trim()', "true in small letters is no"],
	]),
	...mutantsOf(`${node}/image/hdr.ts`, [
		["at + 12 > header.length", "at + 12 >= header.length", "a box at the very end is not read"],
		['[18, "HLG"]', '[17, "HLG"]', "a wrong code point"],
	]),
	...mutantsOf(`${node}/image/tiff-samples.ts`, [
		[
			"value - zero) * range) / (most - zero)",
			"value - zero) * range) / most",
			"the reference white is not from its black",
		],
		["data[i] = white - data[i];", "data[i] = white + data[i];", "white is zero is not inverted"],
	]),
	...mutantsOf(`${node}/files/temporary-files.ts`, [
		["if (paths.delete(path) && paths.size === 0) {", "if (paths.delete(path)) {", "guards go while files are there"],
		["paths.clear();", "", "what was removed is still remembered"],
		[
			"keepFolder: (folder) => void folders.delete(folder),",
			"keepFolder: () => undefined,",
			"a finished folder is still to be removed",
		],
	]),
	...mutantsOf(`${node}/files/publish-folder.ts`, [
		["[...others, marker]", "[marker, ...others]", "the marker gets its name first"],
		[
			"for (const name of [marker, ...obsolete]) {",
			"for (const name of [marker]) {",
			"files of an earlier result stay",
		],
	]),
	...mutantsOf(`${node}/files/folders.ts`, [
		["path.length >= created.length", "path.length > created.length", "the first created folder stays"],
	]),
	...mutantsOf(`${node}/model/model-digest.ts`, [
		["known.modifiedNs === `${mtimeNs}`", "true", "a file that was changed keeps its digest"],
	]),
	...mutantsOf(`${node}/results/compare-result.ts`, [
		["if (dtype !== wanted.model.dtype) {", 'if (dtype === "") {', "another number type counts as done"],
		["document.input.sha256 !== sha256", 'document.input.sha256 === ""', "another picture counts as done"],
		['key !== "maxPixels" &&', "", "a limit makes a result another one"],
	]),
];
