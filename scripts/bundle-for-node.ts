/**
 * Bundles the packages whose exports have a `node` condition, from their sources: Node takes longer to find and open
 * hundreds of small modules than to run them (docs/adr/0035-bundles-for-node.md). Part of the build, after the compiler,
 * which writes the modules that bundlers and browsers take.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { rolldown } from "rolldown";
import { licencesOf } from "./bundled-packages.ts";
import { ROOT, workspaceFolders } from "./workspaces.ts";

/** Where the bundles lie, as exports name it. */
const BUNDLES = "./dist/node/";

for (const folder of workspaceFolders()) {
	const { name, exports } = JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, "utf8"));
	const bundled = Object.values<{ readonly node?: string }>(exports).flatMap(({ node }) => node ?? []);
	if (bundled.length > 0) {
		await bundle(folder, bundled);
		const licences = licencesOf(`${ROOT}${folder}/dist/node`);
		if (licences !== "") {
			writeFileSync(`${ROOT}${folder}/dist/node/licences.md`, `# What ${name} is bundled with\n\n${licences}`);
		}
	}
}

/** @param exported such as `./dist/node/model/index.js`, whose source is `src/model/index.ts` */
async function bundle(folder: string, exported: readonly string[]): Promise<void> {
	const entries = exported.map((path) => path.slice(BUNDLES.length, -".js".length));
	const dir = `${ROOT}${folder}/${BUNDLES}`;
	rmSync(dir, { recursive: true, force: true });
	await using bundler = await rolldown({
		cwd: `${ROOT}${folder}`,
		input: Object.fromEntries(entries.map((entry) => [entry, `./src/${entry}.ts`])),
		platform: "node",
		external: /^@dinoseg\//,
	});
	await bundler.write({ dir, entryFileNames: "[name].js", chunkFileNames: "chunks/[name].js", sourcemap: true });
}
