import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTemporaryFiles, lockFolder } from "@dinoseg/node/files";
import { describe, expect, it } from "vitest";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const temporary = useTemporaryFolder();
const QUICK = { beatMs: 20, patienceMs: 400 };
const lockOn = (host: string, folder: string) => lockFolder(folder, createTemporaryFiles(), { ...QUICK, host });

describe("the lock of a process on another machine", () => {
	it("stays while it gives signs of life", async () => {
		const folder = join(temporary.path, "alive");
		const first = await lockOn("first.example", folder);
		await expect(lockOn("second.example", folder)).rejects.toMatchObject({
			code: "OUTPUT_IN_USE",
			message: expect.stringContaining(`process ${process.pid} on first.example`),
		});
		expect(await first.isHeld()).toBe(true);
		first.release();
		expect(await readdir(temporary.path)).not.toContain("alive");
		(await lockOn("second.example", folder)).release();
	});

	it("is taken over when it gives none, and its owner sees that and removes nothing", async () => {
		const folder = join(temporary.path, "dead");
		const stalled = await lockFolder(folder, createTemporaryFiles(), { host: "first.example", beatMs: 2 ** 30 });
		await writeFile(join(folder, ".1-x.dinoseg-tmp"), "half");
		const second = await lockOn("second.example", folder);
		expect(await stalled.isHeld()).toBe(false);
		stalled.release();
		expect(await second.isHeld()).toBe(true);
		expect(JSON.parse(await readFile(join(folder, ".dinoseg-lock"), "utf8"))).toMatchObject({ host: "second.example" });
		second.release();
		expect(await second.isHeld()).toBe(false);
	});
});
