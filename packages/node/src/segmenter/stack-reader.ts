import { stat } from "node:fs/promises";
import { type InputFile, readInput } from "../image/read-input.ts";

/** Files above this size are read anew for each page, bytes. */
const MOST_KEPT_BYTES = 2 ** 28;

/** Reads files of several pages. */
export interface StackReader {
	/**
	 * The file, without reading it anew for each of its pages: the last one stays in memory while it is the same on the
	 * disk.
	 *
	 * @throws DinosegError as `readInput`
	 */
	read(path: string): Promise<InputFile>;
	/** Let go of what is kept. */
	forget(): void;
}

export function createStackReader(): StackReader {
	let kept: { readonly key: string; readonly file: Promise<InputFile> } | undefined;
	return {
		async read(path) {
			const status = await stat(path).catch(() => undefined);
			if (status === undefined || !status.isFile() || status.size > MOST_KEPT_BYTES) {
				kept = undefined;
				return readInput(path);
			}
			const key = [status.dev, status.ino, status.size, status.mtimeMs, path].join(" ");
			if (kept?.key !== key) {
				const file = readInput(path);
				kept = { key, file };
				file.catch(() => {
					kept = kept?.key === key ? undefined : kept;
				});
			}
			return kept.file;
		},
		forget() {
			kept = undefined;
		},
	};
}
