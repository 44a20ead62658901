import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A process that consumes a queue. */
export interface WorkerProcess extends AsyncDisposable {
	/** What it said, in order. */
	readonly said: readonly unknown[];
	/** Its exit code, once it has ended by itself. */
	readonly ended: Promise<number | null>;
	/** End it as a power cut does. */
	kill(): Promise<void>;
}

const PRELUDE = `
	import { openQueue } from "${new URL("../../dist/index.js", import.meta.url).href}";
	const say = (what) => console.log(JSON.stringify(what));
	const queue = await openQueue(process.argv[1]);
	const onEvent = (event) => say(event.type);
`;

/**
 * Start a process.
 *
 * @param script knows `queue`, `say` and `onEvent`.
 * @param clockMs is added to what its clock shows.
 */
export function startWorker(url: string, script: string, clockMs = 0): WorkerProcess {
	const clock = `const { now } = Date; Date.now = () => now() + ${clockMs}; globalThis.Date = class extends Date { constructor(...of) { super(...(of.length > 0 ? of : [Date.now()])); } };`;
	const flags = clockMs === 0 ? [] : ["--import", `data:text/javascript,${encodeURIComponent(clock)}`];
	const child = spawn(process.execPath, [...flags, "--input-type=module", "-e", PRELUDE + script, url], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const closed = once(child, "close");
	const said: unknown[] = [];
	createInterface(child.stdout).on("line", (line) => said.push(JSON.parse(line)));
	const kill = async () => {
		child.kill("SIGKILL");
		await closed;
	};
	const ended = closed.then(([code]) => code as number | null);
	return { said, ended, kill, [Symbol.asyncDispose]: kill };
}
