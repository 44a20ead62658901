import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Where onnxruntime-node keeps its binaries, one folder for each platform and in it one for each architecture. */
const BINARIES = "node_modules/onnxruntime-node/bin/napi-v6";

/** What a package takes of the disk. */
export interface PackageSize {
	readonly name: string;
	readonly bytes: number;
}

/** Remove the binaries that no process of this platform loads: npm installs those of all platforms. */
export async function removeForeignBinaries(project: string): Promise<void> {
	const folder = join(project, BINARIES);
	for (const platform of await readdir(folder)) {
		for (const architecture of await readdir(join(folder, platform))) {
			if (platform !== process.platform || architecture !== process.arch) {
				await rm(join(folder, platform, architecture), { recursive: true });
			}
		}
	}
}

/** Sizes of all installed packages, the largest first. */
export async function packageSizes(project: string): Promise<PackageSize[]> {
	const sizes = new Map<string, number>();
	const modules = join(project, "node_modules");
	for (const entry of await readdir(modules, { recursive: true, withFileTypes: true })) {
		if (entry.isFile()) {
			const path = join(entry.parentPath, entry.name);
			const [first, second] = path.slice(modules.length + 1).split(/[\\/]/);
			const name = first.startsWith("@") ? `${first}/${second}` : first;
			sizes.set(name, (sizes.get(name) ?? 0) + (await stat(path)).size);
		}
	}
	return [...sizes].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
}

/** Bytes of all packages. */
export function totalOf(sizes: readonly PackageSize[]): number {
	return sizes.reduce((sum, { bytes }) => sum + bytes, 0);
}
