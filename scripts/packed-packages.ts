import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./workspaces.ts";

const run = promisify(execFile);

/** How long one call of npm may take. */
const NPM_LIMIT_MS = 180_000;

/** A workspace package as `npm publish` would send it. */
export interface PackedPackage {
	readonly name: string;
	/** Path of the tarball. */
	readonly tarball: string;
	/** Paths in the tarball. */
	readonly files: readonly string[];
}

/** What pages bundle, and no server needs. */
export const PAGE_PACKAGE = "@dinoseg/web";

/** A project far from the repository, with all packages but that of pages installed from their tarballs, and nothing else. */
export interface FreshProject extends AsyncDisposable {
	readonly folder: string;
	readonly packages: readonly PackedPackage[];
	/** Run a program in the project and return what it prints. */
	run(program: string, ...args: string[]): Promise<string>;
}

/** Pack all packages, and install those that run on Node in an empty folder. */
export async function createFreshProject(): Promise<FreshProject> {
	const parent = await mkdtemp(join(tmpdir(), "dinoseg-packages-"));
	const folder = join(parent, "project");
	try {
		const packages = await packPackages(parent);
		await installPackages(folder, nodePackages(packages));
		return {
			folder,
			packages,
			async run(program, ...args) {
				const env = { ...process.env, DINOSEG_CACHE: join(parent, "cache"), HF_HUB_OFFLINE: "1" };
				const { stdout } = await run(program, args, { cwd: folder, env, timeout: 60_000 });
				return stdout;
			},
			[Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
		};
	} catch (error) {
		await rm(parent, { recursive: true, force: true });
		throw error;
	}
}

/** Put the tarballs of all packages into a folder. */
export async function packPackages(folder: string): Promise<PackedPackage[]> {
	const listed = await npm(ROOT, "pack", "--workspaces", "--json", "--pack-destination", folder);
	const packed = JSON.parse(listed) as { name: string; filename: string; files: { path: string }[] }[];
	return packed.map(({ name, filename, files }) => {
		return { name, tarball: join(folder, filename), files: files.map(({ path }) => path) };
	});
}

/** Those that run on Node. */
export function nodePackages(packages: readonly PackedPackage[]): PackedPackage[] {
	return packages.filter(({ name }) => name !== PAGE_PACKAGE);
}

/** That of pages, and those of ours that it needs. */
export function pagePackages(packages: readonly PackedPackage[]): PackedPackage[] {
	const needed = [PAGE_PACKAGE, "@dinoseg/core", "@dinoseg/kernels", "@dinoseg/model-tiny"];
	return packages.filter(({ name }) => needed.includes(name));
}

/** Install packages in a folder that need not exist, and with them what they need to run. */
export async function installPackages(folder: string, packages: readonly PackedPackage[]): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
	await writeFile(join(folder, "package-lock.json"), JSON.stringify(await lockOfOthers()));
	await writeFile(join(folder, ".npmrc"), "ignore-scripts=true\nprefer-offline=true\naudit=false\nfund=false\n");
	await npm(folder, "install", "--omit=dev", ...packages.map(({ tarball }) => tarball));
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
	const { stdout } = await run("npm", args, { cwd, timeout: NPM_LIMIT_MS, maxBuffer: 2 ** 26 });
	return stdout;
}

/** The packages of others, in the versions that `npm ci` has put into npm's cache, so that nothing is asked for again. */
async function lockOfOthers(): Promise<unknown> {
	const { lockfileVersion, packages } = JSON.parse(await readFile(`${ROOT}package-lock.json`, "utf8"));
	const others = Object.entries<{ link?: boolean }>(packages).filter(
		([path, { link }]) => path.startsWith("node_modules/") && link !== true,
	);
	return { lockfileVersion, packages: Object.fromEntries(others) };
}

/** Code of the first fenced block of TypeScript in a document. */
export async function exampleOf(document: string): Promise<string> {
	const example = /^```ts\n(.*?)^```$/ms.exec(await readFile(document, "utf8"));
	if (example === null) {
		throw new Error(`${document} has no example in TypeScript`);
	}
	return example[1];
}
