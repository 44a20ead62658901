import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { createTemporaryFiles, unwritable } from "@dinoseg/node/files";
import { type CommandContext, EXIT } from "./commands/context.ts";
import { run } from "./program.ts";
import type { ProgressStream } from "./progress/progress.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A shorter turn of the event loop held no computation. */
const IDLE_TURN_MS = 2;
/** How long the handlers stay after the last temporary file. */
const LINGER_MS = 100;

/** Run the process's own command line. The process ends by itself when the work is done. */
export async function runFromShell(): Promise<void> {
	// Of progress that cannot be told, nothing is told.
	const stderr = survivingStream(process.stderr, () => undefined);
	const stdout = survivingStream(process.stdout, (error) => {
		stderr.write(`error ${unwritable("stdout", error).message}\n`);
		process.exitCode = EXIT.failed;
	});
	const exitCode = await run(process.argv.slice(2), {
		// Opened only where it is read.
		get stdin() {
			return process.stdin;
		},
		stdout,
		stderr,
		cwd: process.cwd(),
		env: process.env,
		now: () => performance.now(),
		pause: (milliseconds, signal) => setTimeout(milliseconds, true, signal && { signal }).catch(() => false),
		// Not loaded by what needs none.
		openSegmenter: async (options) => (await import("@dinoseg/node/segmenter")).createSegmenter(options),
		// Not process.exit: it would run destructors while onnxruntime works in another thread, and abort.
		abandon: () => void process.kill(process.pid, "SIGKILL"),
		...guardedSurroundings(),
	});
	process.exitCode ||= exitCode;
}

/**
 * Temporary files that go, and work that is done, when a signal ends the process.
 *
 * Signals are handled only while there is any of it: without a handler the system ends the process at once, even in the
 * middle of a long computation, and as a shell expects (130 for SIGINT).
 */
function guardedSurroundings(): Pick<CommandContext, "temporaryFiles" | "onInterrupt" | "untilStopped"> {
	const works = new Set<() => void>();
	const stops = new Set<() => void>();
	const onSignal = (signal: NodeJS.Signals) => {
		if (stops.size > 0) {
			stops.forEach((stop) => void stop());
			stops.clear();
			return;
		}
		files.removeAll();
		works.forEach((work) => void work());
		unguard();
		// Not process.exit: it would run destructors while onnxruntime works in another thread, and abort.
		process.kill(process.pid, signal);
	};
	let hasTemporaryFiles = false;
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
			if (!isNeeded() && isGuarded) {
				(performance.now() - turnStart < IDLE_TURN_MS ? unguard : unguardLater)();
			}
		};
		void setTimeout(LINGER_MS, undefined, { ref: false }).then(() =>
			setImmediate(() => setImmediate(afterTurn, performance.now())),
		);
	};
	const isNeeded = () => hasTemporaryFiles || works.size > 0 || stops.size > 0;
	const update = (): void => (isNeeded() ? guard() : unguardLater());
	const files = createTemporaryFiles({
		onChange(hasFiles) {
			hasTemporaryFiles = hasFiles;
			update();
		},
	});
	return {
		temporaryFiles: files,
		untilStopped: () =>
			new Promise((resolve) => {
				stops.add(resolve);
				update();
			}),
		onInterrupt(work) {
			works.add(work);
			update();
			return () => {
				works.delete(work);
				update();
			};
		},
	};
}

/** A stream whose reader may go away (`dinoseg … | head`): what is told is lost then, the results are not. */
function survivingStream(stream: NodeJS.WriteStream, onFault: (error: NodeJS.ErrnoException) => void): ProgressStream {
	let isLost = false;
	const lose = (error: NodeJS.ErrnoException) => {
		if (!isLost && error.code !== "EPIPE") {
			onFault(error);
		}
		isLost = true;
	};
	stream.on("error", lose);
	return {
		get isTTY() {
			return stream.isTTY;
		},
		get columns() {
			return stream.columns;
		},
		write(data) {
			if (!isLost) {
				try {
					stream.write(data);
				} catch (error) {
					lose(error as NodeJS.ErrnoException);
				}
			}
		},
	};
}
