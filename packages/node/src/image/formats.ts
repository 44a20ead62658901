import { createRequire } from "node:module";
import { IMAGE_FORMATS } from "@dinoseg/core/image/formats";

/** The endings of all images. Lower case; compare in lower case. */
export const IMAGE_EXTENSIONS: readonly string[] = Object.values(IMAGE_FORMATS).flatMap((format) => format.extensions);

/** Those under which a folder is searched: of formats that can be read with what is installed. */
export function readableExtensions(): readonly string[] {
	return Object.values(IMAGE_FORMATS)
		.filter((format) => format.package === undefined || isInstalled(format.package))
		.flatMap((format) => format.extensions);
}

function isInstalled(name: string): boolean {
	try {
		createRequire(import.meta.url).resolve(name);
		return true;
	} catch {
		return false;
	}
}
