import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestContext } from "vitest";

/**
 * Run with a small file system of its own, where this machine lets us mount one.
 *
 * @param root    folder for the mount point.
 * @param options of the mount: "size=64k", "ro" and so on.
 */
export async function withMount(
	context: TestContext,
	root: string,
	options: string,
	use: (path: string) => Promise<void>,
): Promise<void> {
	const path = await mkdtemp(join(root, "mount-"));
	const run = promisify(execFile);
	try {
		await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]);
	} catch (error) {
		context.skip(`cannot mount a file system here: ${(error as Error).message.split("\n")[0]}`);
	}
	try {
		await use(path);
	} finally {
		await run("umount", [path]);
	}
}
