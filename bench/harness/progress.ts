import { performance } from "node:perf_hooks";

/** Tell on stderr what has been measured, with the seconds since the process began. */
export function progress(text: string): void {
	console.error(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${text}`);
}
