import { basename, isAbsolute, relative } from "node:path";

/** A path that says nothing about the machine: relative if the file lies below the current folder, else the name. */
export function portablePath(path: string, cwd: string): string {
	const below = isAbsolute(path) ? relative(cwd, path) : path;
	return below.startsWith("..") || isAbsolute(below) ? basename(path) : below.replaceAll("\\", "/");
}
