import { existsSync } from "node:fs";

/** Whether modules could not be loaded because too many files are open. */
export function lacksOpenFiles({ message }: Error): boolean {
	// Node says that a package is missing where it could not open its description: it looks for its index.js, or for what
	// is imported of it by that very name. A file that is really missing has an ending.
	const [, folder] =
		/^Cannot find (?:package|module) '([^']+[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/']+)(?:[\\/]index\.js|[^.']*)'/.exec(
			message,
		) ?? [];
	return /\b(EMFILE|ENFILE)\b/.test(message) || (folder !== undefined && existsSync(`${folder}/package.json`));
}
