import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../peak-memory.ts", import.meta.url));

/**
 * MiB of a process of its own that prepares a stage or a case and runs it once, at its peak.
 *
 * @param folder where inputs are kept between processes.
 */
export function peakMemory(name: string, folder: string): string {
	if (process.platform !== "linux") {
		return "not measured";
	}
	const args = ["--expose-gc", "--import", "tsx", SCRIPT, name, folder];
	return execFileSync(process.execPath, args, { encoding: "utf8" }).trim();
}
