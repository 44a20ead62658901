/** A small mistake that a developer could make, to be made on purpose: do the tests notice it? */
export interface Mutant {
	/** Path of the source, from the root of the repository. */
	readonly file: string;
	/** Text that stands in the source exactly once. */
	readonly find: string;
	readonly replace: string;
	/** What the mistake is, in a few words. */
	readonly mistake: string;
	/** Why no test can notice it, where it changes nothing that anybody sees. */
	readonly equivalent?: string;
}

/** One source, and the mistakes in it: text to find, replacement, what it stands for, why it changes nothing. */
export function mutantsOf(
	file: string,
	edits: readonly (readonly [find: string, replace: string, mistake: string, equivalent?: string])[],
): Mutant[] {
	return edits.map(([find, replace, mistake, equivalent]) => {
		return { file, find, replace, mistake, ...(equivalent === undefined ? {} : { equivalent }) };
	});
}

/**
 * The source with the mistake in it.
 *
 * @throws Error when the text to find does not stand in it exactly once, or is replaced by itself
 */
export function applyMutant(text: string, { file, find, replace, mistake }: Mutant): string {
	const found = find === "" ? 0 : text.split(find).length - 1;
	if (found !== 1 || find === replace) {
		throw new Error(
			`${file}: "${mistake}" needs a text that stands there exactly once and changes, found ${found} times: ${find}`,
		);
	}
	return text.replace(find, () => replace);
}
