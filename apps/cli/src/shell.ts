import { performance } from "node:perf_hooks";
import { createTemporaryFiles } from "@dinoseg/node";
import { run } from "./program.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Run the process's own command line. The process ends by itself when the work is done. */
export async function runFromShell(): Promise<void> {
	const temporaryFiles = createTemporaryFiles();
	for (const signal of SIGNALS) {
		process.once(signal, () => {
			temporaryFiles.removeAll();
			// With the handler gone the signal ends the process as the shell expects (130 for SIGINT). Not process.exit:
			// it would run destructors while onnxruntime works in another thread, and abort.
			process.kill(process.pid, signal);
		});
	}
	process.exitCode = await run(process.argv.slice(2), {
		stdout: process.stdout,
		stderr: process.stderr,
		cwd: process.cwd(),
		env: process.env,
		now: () => performance.now(),
		temporaryFiles,
	});
}
