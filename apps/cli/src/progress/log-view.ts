import type { ProgressStream } from "./progress.ts";

/** Numbers that the log has for what people should see at once. */
const WARNING = 40;
const ERROR = 50;

interface LogLine {
	readonly level: number;
	readonly time: number;
	readonly msg: string;
	readonly method?: string;
	readonly path?: string;
	readonly status?: number;
	readonly ms?: number;
	readonly err?: { readonly stack?: string; readonly message?: string };
}

/** Where the log of the service goes: to programs one JSON a line, to a terminal what people read of it. */
export function createLogView(stream: ProgressStream): { write(line: string): void } {
	return { write: (line) => void stream.write(stream.isTTY ? `${readable(JSON.parse(line) as LogLine)}\n` : line) };
}

function readable({ level, time, msg, method, path, status, ms, err }: LogLine): string {
	const clock = new Date(time).toTimeString().slice(0, 8);
	const mark = level >= ERROR ? " error" : level >= WARNING ? " warning" : "";
	const what = method === undefined ? msg : `${status} ${method} ${path} ${ms} ms`;
	return `${clock}${mark} ${what}${err ? `\n${err.stack ?? err.message}` : ""}`;
}
