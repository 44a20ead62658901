import { chmod, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTemporaryFiles } from "@dinoseg/node/files";
import { expect, it } from "vitest";
import { folderStorage } from "../../src/storage/folder-storage.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { createScratchFolder } from "../scratch-folder.ts";
import { describeStorage } from "./contract.ts";

async function openFolder() {
	const scratch = await createScratchFolder();
	const root = join(scratch.folder, "below", "root");
	const storage = await openStorage(root, { temporaryFiles: createTemporaryFiles() });
	return { root, storage, [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose]() };
}

describeStorage("a folder as a storage", openFolder);

it("creates no folder before something is put", async () => {
	await using scratch = await createScratchFolder();
	const storage = folderStorage(join(scratch.folder, "root"), createTemporaryFiles());
	expect(await storage.get("a")).toBeUndefined();
	await storage.remove(["a"]);
	expect(await readdir(scratch.folder)).toEqual([]);
});

it("follows links to files only, and lists no temporary file", async () => {
	await using opened = await openFolder();
	const { root, storage } = opened;
	await storage.put("a/b", new Uint8Array(3));
	await symlink(join(root, "a"), join(root, "to-folder"));
	await symlink(join(root, "a", "b"), join(root, "to-file"));
	await symlink(join(root, "nothing"), join(root, "dead"));
	await writeFile(join(root, ".1-x.dinoseg-tmp"), "x");
	const keys: string[] = [];
	for await (const some of storage.list("")) {
		keys.push(...some.map(({ key }) => key));
	}
	expect(keys.sort()).toEqual(["a/b", "to-file"]);
});

it("refuses two names for one file", async () => {
	await using opened = await openFolder();
	for (const key of ["a//b", "/a", "a/"]) {
		await expect(opened.storage.put(key, new Uint8Array())).rejects.toMatchObject({ code: "OPTION_INVALID" });
	}
});

it.skipIf(process.getuid?.() === 0)("says that a file may not be read, or a folder not be written to", async () => {
	await using opened = await openFolder();
	const { root, storage } = opened;
	await storage.put("a", new Uint8Array(1));
	await chmod(join(root, "a"), 0);
	await expect(storage.get("a")).rejects.toMatchObject({ code: "STORAGE_REFUSED" });
	await chmod(root, 0o500);
	await expect(storage.put("b", new Uint8Array())).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
	await chmod(root, 0o700);
});

it("knows folders and buckets by their addresses", async () => {
	const temporaryFiles = createTemporaryFiles();
	for (const uri of ["photos", "", "https://host/a", "s3://", "s3://a", "s3://a b/c"]) {
		await expect(openStorage(uri, { temporaryFiles }), uri).rejects.toMatchObject({ code: "OPTION_INVALID" });
	}
});
