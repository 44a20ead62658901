import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { publishFolder } from "../dist/files/publish-folder.js";
import { createTemporaryFiles, TEMPORARY_SUFFIX } from "../dist/files/temporary-files.js";
import { type FileContent, writeFileAtomically } from "../dist/files/write-file.js";
import { expectError } from "./support/expect-error.ts";
import { withMount } from "./support/mount.ts";
import { openFilesBelow, tellsOpenFiles } from "./support/open-files.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const root = useTemporaryFolder();
const temporaryFiles = createTemporaryFiles();
let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(root.path, "files-"));
});

const bytes = (text: string) => new TextEncoder().encode(text);
const publish = (target: string, files: Record<string, string | FileContent>) =>
	publishFolder(
		target,
		new Map(
			Object.entries(files).map(([name, content]) => [name, typeof content === "string" ? bytes(content) : content]),
		),
		{ marker: "segments.json", temporaryFiles },
	);

describe("writeFileAtomically", () => {
	it("writes and replaces, and leaves nothing else", async () => {
		const path = join(folder, "a.txt");
		await writeFileAtomically(path, bytes("one"), temporaryFiles);
		await writeFileAtomically(path, bytes("two"), temporaryFiles);
		expect(await readFile(path, "utf8")).toBe("two");
		expect(await readdir(folder)).toEqual(["a.txt"]);
	});

	it("writes names as long as the file system allows", async () => {
		const name = `${"x".repeat(251)}.png`;
		await writeFileAtomically(join(folder, name), bytes("1"), temporaryFiles);
		expect(await readdir(folder)).toEqual([name]);
	});

	it("names what is in the way, and leaves nothing", async () => {
		await mkdir(join(folder, "taken"));
		const error = await expectError(
			writeFileAtomically(join(folder, "taken"), bytes("1"), temporaryFiles),
			"OUTPUT_UNWRITABLE",
		);
		expect(error.message).toMatch(/taken: cannot be written \(a file or folder of that name is in the way\)\. Remove/);
		expect(error.details).toMatchObject({ path: join(folder, "taken"), errno: "EISDIR" });
		expect(await readdir(folder)).toEqual(["taken"]);

		await writeFile(join(folder, "file"), "");
		const below = writeFileAtomically(join(folder, "file", "a.txt"), bytes("1"), temporaryFiles);
		expect((await expectError(below, "OUTPUT_UNWRITABLE")).message).toContain("in the way");
		const absent = writeFileAtomically(join(folder, "absent", "a.txt"), bytes("1"), temporaryFiles);
		expect((await expectError(absent, "OUTPUT_UNWRITABLE")).message).toContain("its folder has gone");
	});

	it("replaces a link, not what it leads to", async () => {
		await writeFile(join(folder, "target"), "precious");
		await symlink(join(folder, "target"), join(folder, "link"));
		await writeFileAtomically(join(folder, "link"), bytes("new"), temporaryFiles);
		expect(await readFile(join(folder, "target"), "utf8")).toBe("precious");
		expect(await readFile(join(folder, "link"), "utf8")).toBe("new");
	});

	it("says that the disk is full, and leaves nothing", async (context) => {
		await withMount(context, root.path, "size=64k", async (disk) => {
			const path = join(disk, "big.bin");
			const error = await expectError(
				writeFileAtomically(path, new Uint8Array(1_000_000), temporaryFiles),
				"OUTPUT_UNWRITABLE",
			);
			expect(error.message).toBe(
				`${path}: cannot be written (no space left on the disk). ` +
					"Free some space or choose an output folder on another disk.",
			);
			expect(await readdir(disk)).toEqual([]);
		});
	});

	it("says that the file system is read-only", async (context) => {
		await withMount(context, root.path, "size=64k,ro", async (disk) => {
			const error = await expectError(
				writeFileAtomically(join(disk, "a.txt"), bytes("1"), temporaryFiles),
				"OUTPUT_UNWRITABLE",
			);
			expect(error.message).toContain("the file system is read-only");
			const below = join(disk, "new", "photo");
			const published = await expectError(publish(below, { "segments.json": "1" }), "OUTPUT_UNWRITABLE");
			expect(published.message).toBe(
				`${below}: cannot be written (the file system is read-only). Choose an output folder on another disk.`,
			);
		});
	});

	it.skipIf(process.platform === "win32")("says that permission is denied", async () => {
		const locked = join(folder, "locked");
		await mkdir(locked, { mode: 0o500 });
		// Permissions do not bind root: be nobody for the moment.
		const isRoot = process.geteuid?.() === 0;
		if (isRoot) {
			process.seteuid?.(65534);
		}
		try {
			const attempt = writeFileAtomically(join(locked, "a.txt"), bytes("1"), temporaryFiles);
			expect((await expectError(attempt, "OUTPUT_UNWRITABLE")).message).toContain("permission denied");
		} finally {
			if (isRoot) {
				process.seteuid?.(0);
			}
		}
	});
});

describe("publishFolder", () => {
	it("creates the folder with its parents and writes every file", async () => {
		const target = join(folder, "a", "b");
		await publish(target, { "segments.json": "{}", "labels.png": "png" });
		expect((await readdir(target)).sort()).toEqual(["labels.png", "segments.json"]);
		expect(await readFile(join(target, "labels.png"), "utf8")).toBe("png");
	});

	it("removes what an older result had and this one has not", async () => {
		await publish(folder, { "segments.json": "1", "sweep.png": "1", "notes.txt": "1" });
		const files = new Map([["segments.json", Buffer.from("2")]]);
		await publishFolder(folder, files, {
			marker: "segments.json",
			obsolete: ["sweep.png", "never.png"],
			temporaryFiles,
		});
		expect((await readdir(folder)).sort()).toEqual(["notes.txt", "segments.json"]);
	});

	it("replaces an older result and leaves other files alone", async () => {
		await writeFile(join(folder, "notes.txt"), "mine");
		await publish(folder, { "segments.json": "1", "labels.png": "1" });
		await publish(folder, { "segments.json": "2", "labels.png": "2" });
		expect(await readFile(join(folder, "segments.json"), "utf8")).toBe("2");
		expect((await readdir(folder)).sort()).toEqual(["labels.png", "notes.txt", "segments.json"]);
	});

	it("has no marker unless every other file is there", async () => {
		await publish(folder, { "segments.json": "old", "labels.png": "old" });
		await mkdir(join(folder, "overlay.png"));
		await expectError(
			publish(folder, { "segments.json": "new", "labels.png": "new", "overlay.png": "new" }),
			"OUTPUT_UNWRITABLE",
		);
		expect((await readdir(folder)).sort()).toEqual(["labels.png", "overlay.png"]);
	});

	it("leaves an older result whole when the new one does not fit on the disk", async (context) => {
		await withMount(context, root.path, "size=64k", async (disk) => {
			await publish(disk, { "segments.json": "old", "labels.png": "old" });
			const attempt = publish(disk, { "labels.png": "new", "figure.png": new Uint8Array(1e6), "segments.json": "new" });
			expect((await expectError(attempt, "OUTPUT_UNWRITABLE")).message).toContain(join(disk, "figure.png"));
			expect((await readdir(disk)).sort()).toEqual(["labels.png", "segments.json"]);
			expect(await readFile(join(disk, "labels.png"), "utf8")).toBe("old");
			expect(await readFile(join(disk, "segments.json"), "utf8")).toBe("old");
		});
	});

	it("removes the folders that it had created for nothing", async (context) => {
		await withMount(context, root.path, "size=64k", async (disk) => {
			await mkdir(join(disk, "kept"));
			const target = join(disk, "kept", "new", "photo");
			await expectError(publish(target, { "segments.json": new Uint8Array(1e6) }), "OUTPUT_UNWRITABLE");
			expect(await readdir(join(disk, "kept"))).toEqual([]);
		});
	});

	it("says what is in the way of the folder or of the marker", async () => {
		await writeFile(join(folder, "out"), "");
		const error = await expectError(publish(join(folder, "out"), { "segments.json": "1" }), "OUTPUT_UNWRITABLE");
		expect(error.message).toMatch(/out: cannot be written \(a file or folder of that name is in the way\)/);
		const target = join(folder, "odd");
		await mkdir(join(target, "segments.json"), { recursive: true });
		await expectError(publish(target, { "segments.json": "1", "labels.png": "1" }), "OUTPUT_UNWRITABLE");
		expect(await readdir(target)).toEqual(["segments.json"]);
	});

	it("lets contents write themselves, all at once and the marker's last", async () => {
		const log: string[] = [];
		const writing = (name: string) => async (path: string) => {
			log.push(`${name} begins`);
			await writeFile(path, name);
			log.push(`${name} ends`);
		};
		await publish(folder, { "segments.json": writing("marker"), a: writing("a"), b: writing("b") });
		expect(log.slice(0, 2)).toEqual(["a begins", "b begins"]);
		expect(log.slice(-2)).toEqual(["marker begins", "marker ends"]);
		expect(await readFile(join(folder, "b"), "utf8")).toBe("b");
		expect((await readdir(folder)).sort()).toEqual(["a", "b", "segments.json"]);
	});

	it("waits for the other contents when one fails, and leaves nothing", async () => {
		const late = async (path: string) => {
			await writeFile(path, "half");
			await mkdir(join(folder, "begun"));
			await writeFile(path, "whole");
		};
		const failure = new Error("no such pixels");
		const attempt = publish(join(folder, "out"), {
			late,
			bad: () => Promise.reject(failure),
			"segments.json": "1",
		});
		expect(await attempt.catch((error: unknown) => error)).toBe(failure);
		expect(await readdir(folder)).toEqual(["begun"]);
	});

	it("refuses a marker that is none of the files", async () => {
		await expectError(publish(join(folder, "new"), { "labels.png": "1" }), "OPTION_INVALID");
		expect(await readdir(folder)).toEqual([]);
	});
});

describe.runIf(tellsOpenFiles)("no file stays open", () => {
	it("after a write, nor after one for which there is no name or no place", async (context) => {
		await writeFileAtomically(join(folder, "a"), bytes("1"), temporaryFiles);
		await mkdir(join(folder, "taken"));
		await expectError(writeFileAtomically(join(folder, "taken"), bytes("1"), temporaryFiles), "OUTPUT_UNWRITABLE");
		expect(await openFilesBelow(folder)).toEqual([]);
		await withMount(context, root.path, "size=64k", async (disk) => {
			const attempt = writeFileAtomically(join(disk, "b"), new Uint8Array(1_000_000), temporaryFiles);
			await expectError(attempt, "OUTPUT_UNWRITABLE");
			expect(await openFilesBelow(disk)).toEqual([]);
		});
	});

	it("after a result of several files, nor after one that failed", async () => {
		const good = { "labels.png": "1", "segments.json": "1" };
		await publish(folder, good);
		await mkdir(join(folder, "overlay.png"));
		await expectError(publish(folder, { ...good, "overlay.png": "1" }), "OUTPUT_UNWRITABLE");
		expect(await openFilesBelow(folder)).toEqual([]);
	});
});

describe("temporary files", () => {
	it("are all removed at once, as an interrupt needs it", async () => {
		const registry = createTemporaryFiles();
		const first = registry.reserve(join(folder, "a.png"));
		const second = registry.reserve(join(folder, "b.png"));
		const finished = registry.reserve(join(folder, "c.png"));
		registry.reserve(join(folder, "never-created.png"));
		for (const path of [first, second, finished]) {
			expect(path.endsWith(TEMPORARY_SUFFIX)).toBe(true);
			await writeFile(path, "half");
		}
		registry.release(finished);
		registry.removeAll();
		expect([first, second, finished].map(existsSync)).toEqual([false, false, true]);
		registry.removeAll();
	});

	it("are removed although they are just being created", async () => {
		for (let round = 0; round < 20; round++) {
			const registry = createTemporaryFiles();
			const file = registry.reserve(join(folder, "file"));
			const inside = registry.reserve(join(folder, "folder"));
			const writing = Promise.allSettled([writeFile(file, "half"), mkdir(inside)]);
			registry.removeAll();
			await writing;
			expect([file, inside].filter(existsSync)).toEqual([]);
		}
	});

	it("are forgotten when a write has ended, well or not", async () => {
		const registry = createTemporaryFiles();
		const reserved: string[] = [];
		const released: string[] = [];
		const watched = {
			...registry,
			reserve: (target: string) => {
				const path = registry.reserve(target);
				reserved.push(path);
				return path;
			},
			release: (path: string) => {
				released.push(path);
				registry.release(path);
			},
		};
		await writeFileAtomically(join(folder, "a"), bytes("1"), watched);
		await writeFileAtomically(join(folder, "absent", "a"), bytes("1"), watched).catch(() => undefined);
		expect(reserved).toHaveLength(2);
		expect(released).toEqual(reserved);
	});

	it("tell when the first one comes and the last one goes", () => {
		const told: boolean[] = [];
		const registry = createTemporaryFiles({ onChange: (hasFiles) => told.push(hasFiles) });
		const [first, second] = ["a", "b"].map((name) => registry.reserve(join(folder, name)));
		expect(told).toEqual([true]);
		registry.release(first);
		registry.release(first);
		expect(told).toEqual([true]);
		registry.release(second);
		expect(told).toEqual([true, false]);
		registry.reserve(join(folder, "c"));
		registry.removeAll();
		registry.reserve(join(folder, "d"));
		expect(told).toEqual([true, false, true, true]);
	});

	it("take with them at an interrupt the empty folders that were created for them, but not those of a finished result", async () => {
		const registry = createTemporaryFiles();
		for (const name of ["begun", "finished"]) {
			const path = join(folder, name, "photo");
			await mkdir(path, { recursive: true });
			registry.rememberFolder(path, join(folder, name));
		}
		registry.keepFolder(join(folder, "finished", "photo"));
		registry.removeAll();
		expect((await readdir(folder, { recursive: true })).sort()).toEqual(["finished", join("finished", "photo")]);
	});
});
