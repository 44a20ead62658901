import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** A folder for the tests of one file, removed after the last of them. */
export function useTemporaryFolder(): { readonly path: string } {
	const folder = { path: "" };
	beforeAll(async () => {
		folder.path = await mkdtemp(join(tmpdir(), "dinoseg-test-"));
	});
	afterAll(async () => {
		await rm(folder.path, { recursive: true, force: true });
	});
	return folder;
}
