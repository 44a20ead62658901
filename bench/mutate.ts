/**
 * `npm run mutate`: small mistakes made on purpose, and whether the tests notice them, written to docs/mutation.md.
 *
 * `npm run mutate -- packages/core/src/cluster`: only mistakes in files whose path begins so, printed instead of written.
 * `--continue`: go on with a run that was interrupted, or take over what is known and write the document.
 * `--survived`: only those that no test noticed the last time.
 *
 * The mistakes are made in a temporary copy: the checkout stays as it is, also when this process is killed.
 */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { progress } from "./harness/progress.ts";
import { MUTANTS } from "./mutants/index.ts";
import { applyMutant } from "./mutants/mutant.ts";
import { copyTree } from "./mutation/copy-tree.ts";
import { folderTable, mutantKey, mutationReport } from "./mutation/mutation-report.ts";
import { checkUnchanged, type TriedMutant, tryMutant } from "./mutation/try-mutant.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const KNOWN = join(ROOT, "out", "mutation.json");
const REPORT = join(ROOT, "docs", "mutation.md");

const { values: flags, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		continue: { type: "boolean", default: false },
		survived: { type: "boolean", default: false },
	},
});

const isPart = positionals.length > 0 || flags.survived;
const tried = isPart || flags.continue ? await readKnown() : new Map<string, TriedMutant>();
const chosen = MUTANTS.filter((mutant) => {
	const known = tried.get(mutantKey(mutant))?.fate;
	const isAsked = positionals.length === 0 || positionals.some((prefix) => mutant.file.startsWith(prefix));
	return isAsked && (!flags.survived || known === "survived") && !(flags.continue && known !== undefined);
});
for (const mutant of chosen) {
	applyMutant(await readFile(join(ROOT, mutant.file), "utf8"), mutant);
}

if (chosen.length > 0) {
	await tryAll();
}

const untested = chosen.filter((mutant) => tried.get(mutantKey(mutant))?.fate === "untested");
if (untested.length > 0) {
	throw new Error(
		`No test looks at ${untested.map(({ file }) => file).join(", ")}: bench/mutants/named-tests.ts names some.`,
	);
}
if (isPart) {
	console.log(folderTable(chosen, tried));
} else {
	await writeFile(REPORT, mutationReport(MUTANTS, tried));
}

async function tryAll(): Promise<void> {
	const temporary = await realpath(await mkdtemp(join(tmpdir(), "dinoseg-mutate-")));
	// Also when a signal ends this process.
	process.on("exit", () => rmSync(temporary, { recursive: true, force: true }));
	const copy = join(temporary, "tree");
	await copyTree(ROOT, copy);
	await checkUnchanged(
		copy,
		chosen.map(({ file }) => file),
	);
	progress("the tests pass as they are");
	await mkdir(join(ROOT, "out"), { recursive: true });
	for (const mutant of chosen) {
		const found = await tryMutant(copy, mutant);
		progress(`${found.fate.padEnd(8)} ${mutant.file}: ${mutant.mistake}${found.by ? ` (${found.by})` : ""}`);
		tried.set(mutantKey(mutant), found);
		await writeFile(KNOWN, JSON.stringify([...tried]));
	}
}

async function readKnown(): Promise<Map<string, TriedMutant>> {
	try {
		return new Map(JSON.parse(await readFile(KNOWN, "utf8")));
	} catch {
		return new Map();
	}
}
