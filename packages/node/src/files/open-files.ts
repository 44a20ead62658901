import { existsSync } from "node:fs";

/** Whether modules could not be loaded because too many files are open. */
export function lacksOpenFiles({ message }: Error): boolean {
	// Node says that a package is missing where it could not open its description.
	const [, folder] =
		/^Cannot find (?:package|module) '([^']+[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/']+)/.exec(message) ?? [];
	return /\b(EMFILE|ENFILE)\b/.test(message) || (folder !== undefined && existsSync(`${folder}/package.json`));
}
