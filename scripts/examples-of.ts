/** A photograph to try dinoseg on. */
export interface Example {
	/** Of its file. */
	readonly name: string;
	/** What it shows. */
	readonly title: string;
	/** Whose it is, and its licence. */
	readonly credit: string;
}

/** The photographs that the table of `examples/README.md` lists: file, what, source, licence. */
export function examplesOf(readme: string): Example[] {
	return [...readme.matchAll(/^\| (\S+\.jpg) +\|(.*)\|$/gm)].map(([, name, rest]) => {
		const [what, source, licence] = rest.split("|").map((cell) => cell.trim().replaceAll("`", ""));
		return { name, title: what[0].toUpperCase() + what.slice(1), credit: `${source}; ${licence}` };
	});
}
