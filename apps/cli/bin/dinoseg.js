#!/usr/bin/env node
try {
	const { runFromShell } = await import("../dist/shell.js");
	await runFromShell();
} catch (error) {
	// Loading the program itself opens some hundred files at once.
	if (error?.code !== "EMFILE" && error?.code !== "ENFILE") {
		throw error;
	}
	process.stderr.write("error too many files are open. Close other programs or raise the limit: ulimit -n 1024\n");
	process.exitCode = 1;
}
