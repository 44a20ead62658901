import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMIT } from "../../../fixtures/hub-repos.ts";
import { type HubServer, startHubServer } from "../../../fixtures/hub-server.ts";
import { writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { encodeTiff } from "../../../fixtures/tiff.ts";
import { useTemporaryFolder } from "../../../packages/node/test/support/temporary-folder.ts";
import { dropFiles, hasSegments, isReady, openExample, showTab } from "./support/page.ts";
import { type StaticStudio, serveStaticStudio } from "./support/static-studio.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, QUICK, useSite } from "./support/studio.ts";
import { violations } from "./support/violations.ts";

const folder = useTemporaryFolder();

/** A host that isolates the page, and a hub with a small network. */
async function startHosts(): Promise<StaticStudio & { readonly hub: HubServer }> {
	await writeRandomCheckpoint(folder.path, { hiddenSize: 384, layers: 2, heads: 6, mlp: "gelu" });
	const names = await readdir(folder.path);
	const contents = await Promise.all(names.map((name) => readFile(join(folder.path, name))));
	const files = Object.fromEntries(names.map((name, index) => [name, contents[index]]));
	const hub = await startHubServer({ "facebook/dinov2-small": { commit: COMMIT, licence: "apache-2.0", files } });
	const site = await serveStaticStudio({
		isolated: true,
		edit: (page) => page.replaceAll("https://huggingface.co", hub.url).replace("https://*.hf.co", hub.storageUrl),
	});
	return {
		...site,
		hub,
		async [Symbol.asyncDispose]() {
			await Promise.all([site[Symbol.asyncDispose](), hub.close()]);
		},
	};
}

describe.skipIf(!hasBrowser)(
	`a page that is its own engine, in Chromium (skipped unless ${CHROMIUM} is there)`,
	{ timeout: PATIENCE_MS },
	() => {
		const tests = useSite(startHosts);

		it("says what computes, and downloads, cancels, uses and deletes models of the hub", async () => {
			const { hub } = tests.site;
			tests.forgive(new RegExp(`^(${hub.url}|${hub.storageUrl})/.* was asked for$`));
			const page = await tests.open({ path: QUICK });
			await openExample(page, /cup on a table/);
			await page.getByText("Fine tuning").click();
			await page.getByText(/It runs in this page: WebAssembly, \d+ threads/).waitFor();
			const menu = page.getByLabel("Model", { exact: true });
			const chosen = () => menu.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text);
			expect(await chosen()).toBe("tiny · bundled");
			expect(hub.requests).toEqual([]);

			hub.misbehave = ({ host }) => (host === "storage" ? { stallAfter: 4_000_000 } : undefined);
			await menu.selectOption("dinov2-small");
			const progress = page.getByRole("progressbar", { name: "Downloading dinov2-small" });
			await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0);
			await page.getByRole("button", { name: "Cancel" }).click();
			await progress.waitFor({ state: "detached" });
			const stored = page.getByRole("list", { name: "Stored models" });
			await stored.getByText(/^a part, \d+ MB$/).waitFor();

			hub.misbehave = () => undefined;
			await menu.selectOption("dinov2-small");
			await page.locator(".toast").filter({ hasText: "dinov2-small is here." }).waitFor();
			await expect.poll(chosen).toBe("dinov2-small · in this browser");
			await isReady(page);
			expect(hub.requests.find(({ host, from }) => host === "storage" && from > 0)).toBeDefined();
			await stored.getByText(/^\d+ MB$/).waitFor();
			expect(await violations(page)).toEqual([]);
			expect(await hasSegments(page)).toBeGreaterThan(0);

			await page.getByRole("button", { name: "Undo: Another model" }).click();
			await showTab(page, "Shape");
			await page.getByText("Fine tuning").click();
			await page.getByRole("button", { name: "Delete dinov2-small" }).click();
			await stored.waitFor({ state: "detached" });
			await menu.selectOption("tiny");
			await isReady(page);
		});

		it("goes on when the worker of the network ends, and says how a TIFF is segmented", async () => {
			tests.forgive(/thrown by the test/);
			const page = await tests.open({ path: QUICK });
			await openExample(page, /cup on a table/);
			const worker = page.workers().find((each) => /\/worker-[^/]+\.js$/.test(each.url()));
			await worker?.evaluate(() => {
				queueMicrotask(() => {
					throw new Error("thrown by the test");
				});
			});
			const tiff = encodeTiff([{ width: 20, height: 20, channels: 3, data: new Uint8Array(1200) }]);
			await dropFiles(page, "cat.jpg", { name: "scan.tif", bytes: tiff });
			await isReady(page);
			expect(await hasSegments(page)).toBeGreaterThan(1);
			await page.getByRole("button", { name: "scan.tif, failed" }).click();
			const alert = page.getByRole("alert").filter({ hasText: "scan.tif" });
			expect(await alert.locator("p").innerText()).toMatch(/is TIFF.* The command line reads it/);
		});
	},
);
