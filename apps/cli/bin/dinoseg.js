#!/usr/bin/env node
import { existsSync } from "node:fs";

/** Loading the program itself opens some hundred files at once. */
function lacksOpenFiles({ code, message }) {
	if (code !== "ERR_MODULE_NOT_FOUND") {
		return code === "EMFILE" || code === "ENFILE";
	}
	// So Node tells a package that is there, but whose description it could not open.
	const [, folder] = /^Cannot find package '(.+)[\\/]index\.js'/.exec(message) ?? [];
	return folder !== undefined && existsSync(`${folder}/package.json`);
}

try {
	const { runFromShell } = await import("../dist/shell.js");
	await runFromShell();
} catch (error) {
	if (!lacksOpenFiles(error ?? {})) {
		throw error;
	}
	process.stderr.write("error too many files are open. Close other programs or raise the limit: ulimit -n 1024\n");
	process.exitCode = 1;
}
