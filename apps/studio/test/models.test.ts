import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMIT } from "../../../fixtures/hub-repos.ts";
import { type HubServer, startHubServer } from "../../../fixtures/hub-server.ts";
import { isFull } from "../../../fixtures/is-full.ts";
import { CHECKPOINT_SIZES, writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { useTemporaryFolder } from "../../../packages/node/test/support/temporary-folder.ts";
import { hasSegments, isReady, openExample, showTab } from "./support/page.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, useStudio } from "./support/studio.ts";

const folder = useTemporaryFolder();

describe.skipIf(!hasBrowser || !isFull)(
	`models, in Chromium (in npm run soak, where ${CHROMIUM} is there)`,
	{
		timeout: PATIENCE_MS,
	},
	() => {
		describe("with a hub", () => {
			let hub: HubServer;
			beforeAll(async () => {
				await writeRandomCheckpoint(folder.path, { ...CHECKPOINT_SIZES.small, dtype: "F16" });
				const names = await readdir(folder.path);
				const contents = await Promise.all(names.map((name) => readFile(join(folder.path, name))));
				const files = Object.fromEntries(names.map((name, index) => [name, contents[index]]));
				hub = await startHubServer({ "facebook/dinov2-small": { commit: COMMIT, licence: "apache-2.0", files } });
			});
			afterAll(() => hub?.close());
			const studio = useStudio({}, () => ({ HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: undefined }));

			it("are downloaded, cancelled on the way, and used", async () => {
				hub.misbehave = ({ file }) => (file === "model.safetensors" ? { stallAfter: 4_000_000 } : undefined);
				// A network of this size takes a while for more.
				const page = await studio.open({ path: "/#segments=regions&inputSize=112" });
				await openExample(page, /cup on a table/);
				await page.getByText("Fine tuning").click();
				const menu = page.getByLabel("Model", { exact: true });
				const chosen = () => menu.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text);
				expect(await chosen()).toBe("tiny · bundled");
				await menu.selectOption("dinov2-small");
				const progress = page.getByRole("progressbar", { name: "Downloading dinov2-small" });
				await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0);
				expect(await menu.isDisabled()).toBe(true);
				await page.getByRole("button", { name: "Cancel" }).click();
				await progress.waitFor({ state: "detached" });
				await expect.poll(chosen).toBe("tiny · bundled");

				const job = () => studio.service.json<{ readonly status: string }>("/v1/jobs/pull-dinov2-small");
				await expect.poll(async () => (await job()).status).toBe("cancelled");

				hub.misbehave = () => undefined;
				await menu.selectOption("dinov2-small");
				await page.locator(".toast").filter({ hasText: "dinov2-small is here." }).waitFor();
				await expect.poll(chosen).toBe("dinov2-small · on this machine");
				await isReady(page);
				expect(await hasSegments(page)).toBeGreaterThan(0);
				await page.getByRole("button", { name: "Undo: Another model" }).click();
				await showTab(page, "Shape");
				await page.getByText("Fine tuning").click();
				await expect.poll(chosen).toBe("tiny · bundled");
			});
		});

		describe("without a network", () => {
			const studio = useStudio();

			it("are not downloaded, and the page says why", async () => {
				const page = await studio.open();
				await openExample(page, /cup on a table/);
				await page.getByText("Fine tuning").click();
				const menu = page.getByLabel("Model", { exact: true });
				await menu.selectOption("dinov2-small");
				await page.locator(".toast").filter({ hasText: "HF_HUB_OFFLINE" }).waitFor();
				await expect
					.poll(() => menu.evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text))
					.toBe("tiny · bundled");
			});
		});
	},
);
