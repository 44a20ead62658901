import { posix, win32 } from "node:path";
import { homeFolder } from "../files/home-folder.ts";

export interface CacheFolderOptions {
	/** Environment: DINOSEG_CACHE wins, then XDG_CACHE_HOME (Linux) or LOCALAPPDATA (Windows). @default process.env */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** @default process.platform */
	readonly platform?: string;
	/** The user's home folder. @default os.homedir() */
	readonly home?: string;
}

/**
 * The folder for everything that can be made again: `DINOSEG_CACHE`, else the platform's cache folder + `/dinoseg`.
 * It need not exist.
 *
 * Source: XDG Base Directory Specification 0.8 (a relative XDG_CACHE_HOME is ignored).
 */
export function cacheFolder(options: CacheFolderOptions = {}): string {
	const { env = process.env, platform = process.platform, home = homeFolder() } = options;
	if (env["DINOSEG_CACHE"]) {
		return env["DINOSEG_CACHE"];
	}
	if (platform === "win32") {
		return win32.join(env["LOCALAPPDATA"] || win32.join(home, "AppData", "Local"), "dinoseg");
	}
	if (platform === "darwin") {
		return posix.join(home, "Library", "Caches", "dinoseg");
	}
	const base = env["XDG_CACHE_HOME"];
	return posix.join(base && posix.isAbsolute(base) ? base : posix.join(home, ".cache"), "dinoseg");
}
