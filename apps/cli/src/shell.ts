import { performance } from "node:perf_hooks";
import { createTemporaryFiles, type TemporaryFiles } from "@dinoseg/node/files";
import { run } from "./program.ts";
import type { ProgressStream } from "./progress/progress.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A shorter turn of the event loop held no computation. */
const IDLE_TURN_MS = 2;
/** How long the handlers stay after the last temporary file. */
const LINGER_MS = 100;

/** Run the process's own command line. The process ends by itself when the work is done. */
export async function runFromShell(): Promise<void> {
	process.exitCode = await run(process.argv.slice(2), {
		stdout: survivingStream(process.stdout),
		stderr: survivingStream(process.stderr),
		cwd: process.cwd(),
		env: process.env,
		now: () => performance.now(),
		temporaryFiles: guardedTemporaryFiles(),
	});
}

/**
 * Temporary files that go when a signal ends the process.
 *
 * Signals are handled only while there are any: without a handler the system ends the process at once, even in the
 * middle of a long computation, and as a shell expects (130 for SIGINT).
 */
function guardedTemporaryFiles(): TemporaryFiles {
	const onSignal = (signal: NodeJS.Signals) => {
		files.removeAll();
		unguard();
		// Not process.exit: it would run destructors while onnxruntime works in another thread, and abort.
		process.kill(process.pid, signal);
	};
	let isNeeded = false;
	let isGuarded = false;
	const guard = () => {
		if (!isGuarded) {
			isGuarded = true;
			SIGNALS.forEach((signal) => void process.on(signal, onSignal));
		}
	};
	const unguard = () => {
		isGuarded = false;
		SIGNALS.forEach((signal) => void process.off(signal, onSignal));
	};
	// A signal that came during a computation is told in the next turn of the event loop, and is lost if its handler goes
	// before. So the handlers go some time after the last file, and only after a turn in which nothing was computed.
	const unguardLater = (): void => {
		const afterTurn = (turnStart: number) => {
			if (!isNeeded && isGuarded) {
				(performance.now() - turnStart < IDLE_TURN_MS ? unguard : unguardLater)();
			}
		};
		setTimeout(() => setImmediate(() => setImmediate(afterTurn, performance.now())), LINGER_MS).unref();
	};
	const files = createTemporaryFiles({
		onChange(hasFiles) {
			isNeeded = hasFiles;
			if (hasFiles) {
				guard();
			} else {
				unguardLater();
			}
		},
	});
	return files;
}

/** A stream whose reader may go away (`dinoseg … | head`): what is told is lost then, the results are not. */
function survivingStream(stream: NodeJS.WriteStream): ProgressStream {
	stream.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code !== "EPIPE") {
			throw error;
		}
	});
	return stream;
}
