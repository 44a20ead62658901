import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

export interface BuiltPage extends AsyncDisposable {
	readonly folder: string;
}

/** Bundle the page of the tests as whoever uses the package does. */
export async function buildPage(): Promise<BuiltPage> {
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-page-"));
	try {
		await build({
			root: fileURLToPath(new URL("../page/", import.meta.url)),
			configFile: false,
			base: "./",
			logLevel: "error",
			build: { target: "es2022", outDir: folder, minify: false },
			worker: { format: "es" },
		});
	} catch (error) {
		await rm(folder, { recursive: true, force: true });
		throw error;
	}
	return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
