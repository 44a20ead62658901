import { zipFiles } from "@dinoseg/core/labels";

/** A file by its name. */
export interface NamedFile {
	/** May have folders before it, with forward slashes. */
	readonly name: string;
	readonly bytes: Uint8Array;
}

/**
 * Put files into one zip, without compression. A name that is there already, whatever its case, gets a number:
 * `cat.png`, `cat-2.png`.
 *
 * @throws DinosegError EXPORT_UNSUPPORTED for 65,535 files or more
 */
export async function zipAll(files: readonly NamedFile[]): Promise<Uint8Array> {
	const taken = new Set<string>();
	return zipFiles(files.map(({ name, bytes }) => ({ file: freeName(name, taken), data: bytes })));
}

function freeName(name: string, taken: Set<string>): string {
	const dot = name.lastIndexOf(".");
	const end = dot > name.lastIndexOf("/") + 1 ? dot : name.length;
	let free = name;
	for (let number = 2; taken.has(free.toLowerCase()); number++) {
		free = `${name.slice(0, end)}-${number}${name.slice(end)}`;
	}
	taken.add(free.toLowerCase());
	return free;
}
