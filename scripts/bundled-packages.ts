import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A package of others whose code is in a bundle. */
interface BundledPackage {
	readonly name: string;
	readonly version: string;
	/** As the package says it, such as `MIT`. */
	readonly licence: string;
	/** What its file of the licence says, or ours in `licences/`; without one, whose it is and where it comes from. */
	readonly text: string;
}

const MODULES = "/node_modules/";
const LICENCE_FILE = /^licen[cs]e/i;

/** Files that went into the bundles of a folder, by their source maps: also those of workers, which Vite's own list lacks. */
function bundledFiles(folder: string): string[] {
	const maps = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".map"));
	const files = maps.flatMap((name) => {
		const path = join(folder, name);
		const { sources } = JSON.parse(readFileSync(path, "utf8")) as { readonly sources: readonly string[] };
		return sources.map((source) => findSource(dirname(path), source));
	});
	return [...new Set(files)].filter((file) => file !== undefined).sort();
}

/**
 * A source of a map. Maps of workers name theirs from a folder above their own.
 *
 * @returns undefined for what is no file, but made by the bundler.
 * @throws Error if a file of a package is not there.
 */
function findSource(folder: string, source: string): string | undefined {
	const path = resolve(folder, source);
	if (existsSync(path)) {
		return path.replaceAll("\\", "/");
	}
	if (dirname(folder) !== folder) {
		return findSource(dirname(folder), source);
	}
	if (`/${source}`.includes(MODULES)) {
		throw new Error(`${source} is bundled, but not there. Run npm ci, then build again.`);
	}
	return undefined;
}

/** The packages of others that some files belong to, by their names. */
function bundledPackages(files: readonly string[]): BundledPackage[] {
	const folders = new Set(files.filter((file) => file.includes(MODULES)).map(packageFolder));
	return [...folders].map(readPackage).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function packageFolder(file: string): string {
	const at = file.lastIndexOf(MODULES) + MODULES.length;
	const [first, second] = file.slice(at).split("/");
	return file.slice(0, at) + (first.startsWith("@") ? `${first}/${second}` : first);
}

/** @throws Error if it names no licence. */
function readPackage(folder: string): BundledPackage {
	const { name, version, license, author, repository } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
	if (typeof license !== "string") {
		throw new Error(`${folder} is bundled, but names no licence. Use another package.`);
	}
	const file = readdirSync(folder).find((entry) => LICENCE_FILE.test(entry));
	const origin = [author?.name ?? author, repository?.url ?? repository].filter((text) => typeof text === "string");
	const own = fileURLToPath(new URL(`licences/${name}.txt`, import.meta.url));
	const path = file === undefined ? own : join(folder, file);
	const text = existsSync(path) ? readFileSync(path, "utf8") : origin.join("\n");
	return { name, version, licence: license, text: text.trim() };
}

/** The licences of all packages of others in the bundles of a folder, as Markdown; empty without any. */
export function licencesOf(folder: string): string {
	return bundledPackages(bundledFiles(folder))
		.map(({ name, version, licence, text }) => licenceSection(`${name} ${version} (${licence})`, text))
		.join("\n");
}

/** One licence, as Markdown. */
export function licenceSection(title: string, text: string): string {
	return `## ${title}\n\n\`\`\`\n${text.trim()}\n\`\`\`\n`;
}
