/**
 * Installs the packages of this clone in a folder, with what they need to run and nothing else, as a container or a
 * system service runs them: `npm run build && npx tsx scripts/deploy-install.ts FOLDER`.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { removeForeignBinaries } from "./deployment.ts";
import { installPackages, nodePackages, packPackages } from "./packed-packages.ts";

const [given] = process.argv.slice(2);
if (given === undefined) {
	throw new Error("Name the folder to install in: npx tsx scripts/deploy-install.ts FOLDER");
}
const folder = resolve(given);
const strange = (await readdir(folder).catch(() => [])).filter(
	(name) => !["node_modules", "package.json", "package-lock.json", ".npmrc"].includes(name),
);
if (strange.length > 0) {
	throw new Error(`${folder} has other files: ${strange.slice(0, 5).join(", ")}. Name a folder of its own.`);
}
const tarballs = await mkdtemp(join(tmpdir(), "dinoseg-packages-"));
try {
	// What an earlier version left would stay beside the new one.
	await rm(join(folder, "node_modules"), { recursive: true, force: true });
	await installPackages(folder, nodePackages(await packPackages(tarballs)));
	await removeForeignBinaries(folder);
} finally {
	await rm(tarballs, { recursive: true, force: true });
}
