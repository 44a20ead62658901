import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";
import { ROOT } from "./workspaces.ts";

const NAME = "service-worker.js";
/** What a page needs only where WebGPU computes: 27 MB. */
const ASKED_FOR = /webgpu|asyncify/;

/**
 * Write the service worker of the static build beside its files, whose digests it holds: another file makes it another one.
 *
 * @param folder of the build.
 */
export async function writeServiceWorker(folder: string): Promise<void> {
	const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name !== NAME && !entry.name.endsWith(".map"))
		.map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length).replaceAll("\\", "/"))
		.sort();
	const files = paths.map((path) => {
		const sha256 = createHash("sha256")
			.update(readFileSync(join(folder, path)))
			.digest("hex");
		return [path, { sha256, isNeeded: !ASKED_FOR.test(path) }] as const;
	});
	await build({
		configFile: false,
		logLevel: "error",
		root: `${ROOT}apps/studio`,
		publicDir: false,
		define: { FILES: JSON.stringify(Object.fromEntries(files)) },
		build: {
			outDir: folder,
			emptyOutDir: false,
			target: "es2022",
			lib: { entry: "src/offline/service-worker.ts", formats: ["iife"], name: "dinoseg", fileName: () => NAME },
		},
	});
}
