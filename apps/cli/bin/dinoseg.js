#!/usr/bin/env node
import { existsSync } from "node:fs";

/**
 * Loading the program itself opens many files at once, and what tells that cannot be loaded: `lacksOpenFiles` of
 * @dinoseg/node does the same for threads.
 */
function lacksOpenFiles({ message }) {
	// Node says that a package is missing where it could not open its description: it looks for its index.js, or for what
	// is imported of it by that very name. A file that is really missing has an ending.
	const [, folder] =
		/^Cannot find (?:package|module) '([^']+[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/']+)(?:[\\/]index\.js|[^.']*)'/.exec(
			message,
		) ?? [];
	return /\b(EMFILE|ENFILE)\b/.test(message) || (folder !== undefined && existsSync(`${folder}/package.json`));
}

try {
	const { runFromShell } = await import("../dist/shell.js");
	await runFromShell();
} catch (error) {
	if (!lacksOpenFiles(error ?? {})) {
		throw error;
	}
	process.stderr.write("error too many files are open. Close other programs or raise the limit: ulimit -n 1024\n");
	// What is still being loaded would fail where nobody can catch it.
	process.exit(1);
}
