import { spawn } from "node:child_process";

/** How a process ended. */
export interface ProcessEnd {
	readonly code: number | null;
	/** What it wrote to stdout and stderr, as far as it came. */
	readonly output: string;
	readonly isOverdue: boolean;
}

/** Last characters of the output that are kept. */
const KEPT = 100_000;

/** Groups of processes that run, to be ended with this one. */
const running = new Set<number>();

process.on("exit", () => {
	for (const group of running) {
		end(group);
	}
});
for (const [signal, number] of [
	["SIGINT", 2],
	["SIGTERM", 15],
] as const) {
	process.on(signal, () => process.exit(128 + number));
}

/**
 * Run Node with arguments, and end it with all that it has started when the time is over.
 *
 * @param limitMs milliseconds.
 */
export function runNode(args: readonly string[], folder: string, limitMs: number): Promise<ProcessEnd> {
	return new Promise((resolve, reject) => {
		// A group of its own: a test that hangs has started workers and processes.
		const child = spawn(process.execPath, args, { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] });
		let output = "";
		let isOverdue = false;
		const { pid } = child;
		if (pid !== undefined) {
			running.add(pid);
		}
		const timer = setTimeout(() => {
			isOverdue = true;
			end(pid);
		}, limitMs);
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding("utf8").on("data", (text: string) => {
				output = (output + text).slice(-KEPT);
			});
		}
		child.on("error", reject);
		child.on("close", (code) => {
			clearTimeout(timer);
			end(pid);
			running.delete(pid as number);
			resolve({ code, output, isOverdue });
		});
	});
}

function end(group: number | undefined): void {
	try {
		process.kill(-(group as number), "SIGKILL");
	} catch {
		// It has ended.
	}
}
