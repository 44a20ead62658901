import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FolderServer, serveFolder } from "../../../../fixtures/serve-folder.ts";

/** Where `npm run build:static` puts the page. */
export const STATIC_STUDIO = fileURLToPath(new URL("../../dist-static/", import.meta.url));

const BASE = "/some/folder/";
const PAGE = "index.html";
const WORKER = "service-worker.js";

export interface StaticStudioOptions {
	/** Whether the host sends the headers that isolate a page. @default false, as plain hosts do */
	readonly isolated?: boolean;
	/** Changes the text of the page. @default as it was built */
	readonly edit?: (page: string) => string;
}

/** A host of files that has the static build, below a folder. */
export interface StaticStudio extends FolderServer {
	/** Publish the page with another text. */
	publish(edit: (page: string) => string): Promise<void>;
}

/** Serve the static build. */
export async function serveStaticStudio({ isolated = false, edit }: StaticStudioOptions = {}): Promise<StaticStudio> {
	const files = new Map<string, Uint8Array>();
	const publish = async (change: (page: string) => string): Promise<void> => {
		const [page, worker] = await Promise.all([PAGE, WORKER].map((name) => readFile(join(STATIC_STUDIO, name), "utf8")));
		const changed = change(page);
		// The service worker keeps what has the digests that it knows.
		files.set(`${BASE}${PAGE}`, Buffer.from(changed));
		files.set(`${BASE}${WORKER}`, Buffer.from(worker.replace(sha256(page), sha256(changed))));
	};
	if (edit) {
		await publish(edit);
	}
	const server = await serveFolder(STATIC_STUDIO, { isolated, base: BASE, files });
	return { ...server, publish };
}

function sha256(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
