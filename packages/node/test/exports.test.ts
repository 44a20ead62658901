import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ExportPiece } from "@dinoseg/core/labels";
import { writeExport } from "@dinoseg/node";
import { createTemporaryFiles } from "@dinoseg/node/files";
import { describe, expect, it } from "vitest";
import { expectError } from "./support/expect-error.ts";
import { openFilesBelow, tellsOpenFiles } from "./support/open-files.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const root = useTemporaryFolder();
const freshFolder = () => mkdtemp(join(root.path, "case-"));
const temporaryFiles = createTemporaryFiles();

async function* pieces(): AsyncGenerator<ExportPiece> {
	yield { file: "sub/a.txt", data: "text" };
}

/** A folder on another disk than the temporary ones. */
const OTHER_DISK = "/dev/shm";
const device = (path: string) =>
	stat(path).then(
		({ dev }) => dev,
		() => undefined,
	);
const hasOtherDisk = ![undefined, await device(tmpdir())].includes(await device(OTHER_DISK));

describe("writeExport", () => {
	it.each([
		["file", "folder", "is a folder, and the export is a file"],
		["zip", "folder", "is a folder, and the export is a file"],
		["folder", "file", "is no folder, and the export is one"],
		["folder", "link", "is no folder, and the export is one"],
	] as const)(
		"never puts a %s in the place of a %s, and asks for no piece before",
		async (container, there, problem) => {
			const folder = await freshFolder();
			const target = join(folder, "x");
			if (there === "folder") {
				await mkdir(target);
			} else if (there === "file") {
				await writeFile(target, "mine");
			} else {
				await symlink("nowhere", target);
			}
			let asked = false;
			async function* watched() {
				asked = true;
				yield* pieces();
			}
			for (const force of [false, true]) {
				const error = await expectError(
					writeExport(container, watched(), target, { force, temporaryFiles }),
					"OUTPUT_UNWRITABLE",
				);
				expect(error.message).toContain(`${target}: ${problem}`);
			}
			expect(asked).toBe(false);
			expect(await readdir(folder)).toEqual(["x"]);
		},
	);

	it.each(["file", "zip"] as const)(
		"takes a link that leads nowhere for something that is there: %s",
		async (container) => {
			const target = join(await freshFolder(), "x");
			await symlink("nowhere", target);
			await expectError(writeExport(container, pieces(), target, { temporaryFiles }), "OUTPUT_EXISTS");
			expect(await readlink(target)).toBe("nowhere");
		},
	);

	it("adds to a folder and leaves what else is in it", async () => {
		const folder = await freshFolder();
		await writeFile(join(folder, "mine"), "mine");
		await writeExport("folder", pieces(), folder, { force: true, temporaryFiles });
		expect((await readdir(folder)).sort()).toEqual(["mine", "sub"]);
	});

	it.skipIf(!hasOtherDisk)("writes to a folder on another disk than its parent", async () => {
		const target = join(await freshFolder(), "x");
		const other = await mkdtemp(join(OTHER_DISK, "dinoseg-test-"));
		try {
			await symlink(other, target);
			await writeExport("folder", pieces(), target, { force: true, temporaryFiles });
			expect(await readFile(join(other, "sub", "a.txt"), "utf8")).toBe("text");
			expect(await readdir(other)).toEqual(["sub"]);
		} finally {
			await rm(other, { recursive: true });
		}
	});

	it.skipIf(process.platform === "win32")("refuses a zip whose last bytes have no room", async () => {
		const folder = await freshFolder();
		const zipOf = async (length: number, blocks: string) => {
			const program = `
				import { writeExport } from "@dinoseg/node";
				import { createTemporaryFiles } from "@dinoseg/node/files";
				async function* pieces() {
					yield { file: "a", data: new Uint8Array(${length}) };
				}
				const target = ${JSON.stringify(join(folder, "x.zip"))};
				await writeExport("zip", pieces(), target, { force: true, temporaryFiles: createTemporaryFiles() });`;
			const limited = `ulimit -f ${blocks}; exec "$0" --input-type=module -e "$1"`;
			await promisify(execFile)("bash", ["-c", limited, process.execPath, program], { cwd: import.meta.dirname });
			return (await stat(join(folder, "x.zip"))).size;
		};
		const overhead = (await zipOf(1000, "unlimited")) - 1000;
		await rm(join(folder, "x.zip"));
		// One byte more than four blocks: the write that does not fit is the last, and comes out short without an error.
		await expect(zipOf(4 * 1024 - overhead + 1, "4")).rejects.toThrow("OUTPUT_UNWRITABLE");
		expect(await readdir(folder)).toEqual([]);
	});

	it.runIf(tellsOpenFiles).each(["file", "folder", "zip"] as const)(
		"keeps no file open, whether the pieces come to their end or not: %s",
		async (container) => {
			/** More than waits in memory, in two parts of one file. */
			async function* large(fails: boolean): AsyncGenerator<ExportPiece> {
				const data = "x".repeat(2 ** 20);
				for (let piece = 0; piece < 12; piece++) {
					yield { file: "a.txt", part: piece % 2, data };
				}
				if (fails) {
					throw new Error("on purpose");
				}
			}
			const folder = await freshFolder();
			const failing = writeExport(container, large(true), join(folder, "x"), { temporaryFiles });
			await expect(failing).rejects.toThrow("on purpose");
			expect(await openFilesBelow(folder)).toEqual([]);
			expect(await readdir(folder)).toEqual([]);
			await writeExport(container, large(false), join(folder, "x"), { temporaryFiles });
			expect(await openFilesBelow(folder)).toEqual([]);
			expect(await readdir(folder)).toEqual(["x"]);
		},
	);
});
