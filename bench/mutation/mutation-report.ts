import { markdownTable } from "../harness/markdown.ts";
import type { Mutant } from "../mutants/mutant.ts";
import type { TriedMutant } from "./try-mutant.ts";

/** Names an edit, also after others were added to the list. */
export function mutantKey({ file, find, replace }: Mutant): string {
	return JSON.stringify([file, find, replace]);
}

export type TriedMutants = ReadonlyMap<string, TriedMutant>;

interface Counts {
	made: number;
	noticed: number;
}

/** The document: what was noticed in each folder, and what was not. Every edit must have been tried. */
export function mutationReport(mutants: readonly Mutant[], tried: TriedMutants): string {
	const survivors = mutants.filter((mutant) => fateOf(mutant, tried) === "survived");
	const missed = survivors.filter(({ equivalent }) => equivalent === undefined);
	const same = survivors.filter(({ equivalent }) => equivalent !== undefined);
	return `# Do the tests notice mistakes?

\`npm run mutate\` makes small mistakes in the sources on purpose, one at a time and in a copy, and runs the tests that
look at them. The mistakes are in \`bench/mutants\`; each was written before it was known whether a test notices it.
This page is written by that command. A mistake counts as noticed when a test fails, the compiler or the linter refuses
it, or a loop has no end. Those that change nothing that anybody can see are not counted: they stand at the end, with the reason.

The list is made by hand. Stryker (10.1), which makes every mistake of its kinds by itself, needs Node 22, and it switches a
mistake on inside the process of the tests: what runs from \`dist\` in workers and processes of its own would not see it.

${folderTable(mutants, tried)}

## Not noticed

${missed.length === 0 ? "None." : list(missed, ({ mistake }) => mistake)}

## Nothing to notice

${same.length === 0 ? "None." : list(same, ({ mistake, equivalent }) => `${mistake}. ${equivalent}`)}
`;
}

/** Mistakes made and noticed in each folder, without those that cannot be noticed. */
export function folderTable(mutants: readonly Mutant[], tried: TriedMutants): string {
	const folders = new Map<string, Counts>();
	const all: Counts = { made: 0, noticed: 0 };
	for (const mutant of mutants) {
		const fate = fateOf(mutant, tried);
		if (fate === "survived" && mutant.equivalent !== undefined) {
			continue;
		}
		const folder = folderOf(mutant.file);
		const counts = folders.get(folder) ?? { made: 0, noticed: 0 };
		folders.set(folder, counts);
		for (const count of [counts, all]) {
			count.made++;
			count.noticed += fate === "noticed" ? 1 : 0;
		}
	}
	const row = (name: string, { made, noticed }: Counts) => [name, `${made}`, `${noticed}`, share(noticed, made)];
	return markdownTable(["Folder", "Mistakes", "Noticed", "Share"], "lrrr", [
		...[...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([folder, counts]) => row(`\`${folder}\``, counts)),
		row("All", all),
	]);
}

function fateOf(mutant: Mutant, tried: TriedMutants): TriedMutant["fate"] {
	const fate = tried.get(mutantKey(mutant))?.fate;
	if (fate === undefined) {
		throw new Error(`"${mutant.mistake}" in ${mutant.file} was not tried.`);
	}
	return fate;
}

/** The folder below `src`. */
function folderOf(file: string): string {
	const [group, name, , folder] = file.split("/");
	return folder.endsWith(".ts") ? `${group}/${name}` : `${group}/${name}/${folder}`;
}

function share(noticed: number, made: number): string {
	return made === 0 ? "–" : `${Math.round((100 * noticed) / made)} %`;
}

function list(mutants: readonly Mutant[], tell: (mutant: Mutant) => string): string {
	return mutants.map((mutant) => `- \`${mutant.file}\`: ${tell(mutant)}`).join("\n");
}
