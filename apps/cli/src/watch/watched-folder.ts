import { stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { readableExtensions } from "@dinoseg/node/segmenter";
import { createSearchFilter, eachOf, searchImages } from "../inputs/image-files.ts";
import { type FoundImage, withoutExtension } from "../inputs/name-outputs.ts";

/** An image that is complete as far as its size and time tell. */
export interface SettledImage extends FoundImage {
	/** Changes when the file does. */
	readonly signature: string;
}

/** What one look at a watched folder shows. */
export interface Look {
	/** How many images there are of each path without extension, settled or not. */
	readonly stems: ReadonlyMap<string, number>;
	/** Images that were the same at the look before, and were not taken as they are. */
	readonly settled: readonly SettledImage[];
	/** By path, what is not read: an image type, a dead link, a special file. */
	readonly skipped: ReadonlyMap<string, string>;
	/** Folders below that the system refuses to list. */
	readonly unreadable: readonly string[];
}

export interface WatchedFolder {
	/** Look through the folder and those below. Undefined while it is not there. */
	look(): Promise<Look | undefined>;
	/** Take a settled image for segmenting. False if it changed or went since it was seen: then a later look tells of it. */
	take(image: SettledImage): Promise<boolean>;
}

/**
 * A folder that is looked at again and again, so that it may lie on any file system: network drives tell nobody of changes.
 *
 * A file counts as complete when its size, its time of change and its number are the same at two looks. One that was taken
 * is told again only after it changed. Files that are hidden (`.name`) or in a folder of results are not seen.
 *
 * @param folder  as the user gave it: it begins the paths of the images.
 * @param options the output folder, and the folder that paths are relative to.
 */
export function createWatchedFolder(
	folder: string,
	{ outputFolder, cwd }: { readonly outputFolder: string; readonly cwd: string },
): WatchedFolder {
	const root = resolve(cwd, folder);
	const extensions = readableExtensions();
	let before = new Map<string, string>();
	/** What was taken, as it was then. */
	const taken = new Map<string, string>();

	const forgetGone = (now: ReadonlyMap<string, string>): void => {
		for (const path of taken.keys()) {
			if (!now.has(path)) {
				taken.delete(path);
			}
		}
	};

	return {
		async look() {
			const now = new Map<string, string>();
			const stems = new Map<string, number>();
			const settled: SettledImage[] = [];
			const skipped = new Map<string, string>();
			const unreadable: string[] = [];
			// What it knows of folders holds for one look.
			for await (const step of eachOf(searchImages(root, createSearchFilter(resolve(cwd, outputFolder), extensions)))) {
				const namedPath = relative(root, step.path);
				const path = join(folder, namedPath);
				if (step.type === "skipped") {
					skipped.set(path, step.what);
				} else if (step.type === "unreadable-folder") {
					if (namedPath === "") {
						return undefined;
					}
					if ((step.cause as NodeJS.ErrnoException).code !== "ENOENT") {
						unreadable.push(path);
					}
				} else {
					const signature = await signatureOf(step.path);
					if (signature !== undefined) {
						const image = { path, absolutePath: step.path, namedPath };
						now.set(step.path, signature);
						const stem = withoutExtension(step.path);
						stems.set(stem, (stems.get(stem) ?? 0) + 1);
						if (before.get(step.path) === signature && taken.get(step.path) !== signature) {
							settled.push({ ...image, signature });
						}
					}
				}
			}
			before = now;
			forgetGone(now);
			return { stems, settled, skipped, unreadable };
		},
		async take({ absolutePath, signature }) {
			if ((await signatureOf(absolutePath)) !== signature) {
				return false;
			}
			taken.set(absolutePath, signature);
			return true;
		},
	};
}

/** Undefined for a file that is gone. */
async function signatureOf(path: string): Promise<string | undefined> {
	return stat(path).then(
		({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`,
		() => undefined,
	);
}
