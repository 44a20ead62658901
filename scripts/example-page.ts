import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { serveFolder } from "../fixtures/serve-folder.ts";
import { ENGINES, startBrowser } from "../packages/core/test/browsers.ts";
import { type FreshProject, type PackedPackage, pagePackages } from "./packed-packages.ts";
import { ROOT } from "./workspaces.ts";

/** The browser that the page is tried in. */
export const [CHROMIUM] = ENGINES;

const run = promisify(execFile);

export interface ExamplePage {
	readonly folder: string;
	/** Bundle it. @returns the folder to serve. */
	build(): Promise<string>;
}

/** Put the page of examples/web into a project, as `page`, with the packages that it needs and the bundler of the repository. */
export async function placeExamplePage(project: FreshProject): Promise<ExamplePage> {
	const folder = join(project.folder, "page");
	await cp(`${ROOT}examples/web`, folder, { recursive: true });
	await unpackForPage(folder, project.packages);
	await symlink(`${ROOT}node_modules/vite`, join(folder, "node_modules/vite"));
	return {
		folder,
		async build() {
			await run(process.execPath, [`${ROOT}node_modules/vite/bin/vite.js`, "build"], { cwd: folder });
			return join(folder, "dist");
		},
	};
}

/** What the page bundles, from its tarballs; of others just what these say that they need, as it lies in the repository. */
async function unpackForPage(folder: string, packages: readonly PackedPackage[]): Promise<void> {
	const modules = join(folder, "node_modules");
	const own = pagePackages(packages);
	for (const { name, tarball } of own) {
		const place = join(modules, name);
		await mkdir(place, { recursive: true });
		await run("tar", ["-xzf", tarball, "-C", place, "--strip-components=1"]);
		const { dependencies = {} } = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
		for (const other of Object.keys(dependencies).filter((each) => own.every((one) => one.name !== each))) {
			await mkdir(dirname(join(modules, other)), { recursive: true });
			await symlink(`${ROOT}node_modules/${other}`, join(modules, other)).catch(ignoreExisting);
		}
	}
}

/** Two of ours need one. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
	if (error.code !== "EEXIST") {
		throw error;
	}
}

/** Choose a photograph on the page. @returns what it says at the end, and the size of the picture that it shows. */
export async function segmentOnPage(served: string, photograph: string): Promise<string> {
	await using server = await serveFolder(served, { isolated: true });
	await using running = await startBrowser(CHROMIUM);
	const page = await running.browser.newPage();
	await page.goto(server.url);
	const input = await page.$("input");
	await input?.uploadFile(photograph);
	const shown = await page.waitForSelector("img:not([hidden])", { timeout: 50_000 });
	return await page.evaluate(async (image) => {
		const { naturalWidth, naturalHeight } = await (image as HTMLImageElement)
			.decode()
			.then(() => image as HTMLImageElement);
		return `${document.querySelector("p")?.textContent} ${naturalWidth} x ${naturalHeight}`;
	}, shown as never);
}
