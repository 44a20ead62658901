import { cp, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What the copy does without: history, output, and packages, which are linked. */
const LEFT_OUT = new Set([".git", "node_modules", "out", ".readers"]);

/**
 * Copy the repository with what was built. Its packages are links to those of the original, but for the workspaces', which
 * lead to the copy: what is changed there is what the tests see, and the original stays as it is.
 */
export async function copyTree(root: string, copy: string): Promise<void> {
	await cp(root, copy, {
		recursive: true,
		preserveTimestamps: true,
		verbatimSymlinks: true,
		filter: (path) => !LEFT_OUT.has(relative(root, path).split(sep)[0]),
	});
	await linkModules(join(root, "node_modules"), join(copy, "node_modules"));
}

async function linkModules(from: string, to: string): Promise<void> {
	await mkdir(to);
	for (const entry of await readdir(from, { withFileTypes: true })) {
		const [source, target] = [join(from, entry.name), join(to, entry.name)];
		if (entry.isSymbolicLink()) {
			await symlink(await readlink(source), target);
		} else if (entry.name.startsWith("@")) {
			await linkModules(source, target);
		} else if (!entry.name.startsWith(".") || entry.name === ".bin") {
			await symlink(source, target);
		}
	}
}
