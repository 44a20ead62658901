import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TokenGrid } from "@dinoseg/core/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import { cacheFolder } from "../dist/cache/cache-folder.js";
import { createTokenCache } from "../dist/cache/token-cache.js";
import { withMount } from "./support/mount.ts";
import { openFilesBelow, tellsOpenFiles } from "./support/open-files.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const root = useTemporaryFolder();
let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(root.path, "cache-"));
});

function grid(rows: number, cols: number, dim: number, seed = 0): TokenGrid {
	return {
		data: Float32Array.from({ length: rows * cols * dim }, (_, i) => Math.sin(i + seed) * 10),
		norms: Float32Array.from({ length: rows * cols }, (_, i) => 40 + Math.cos(i + seed)),
		rows,
		cols,
		dim,
		patchSize: 14,
		stride: 14,
		inputWidth: cols * 14,
		inputHeight: rows * 14,
		imageWidth: 640,
		imageHeight: 480,
	};
}

/** A key like those of `tokenKey`. */
const key = (index: number): string => index.toString(16).padStart(64, "0");
const entries = async (): Promise<string[]> => (await readdir(join(folder, "tokens"))).sort();

describe("the token cache", () => {
	it("gives back exactly what was kept, as memory of its own", async () => {
		const cache = createTokenCache({ folder });
		const kept = grid(5, 7, 3);
		kept.data.set([Number.NaN, Number.NEGATIVE_INFINITY, -0]);
		expect(await cache.set(key(1), kept)).toBeUndefined();
		const first = await cache.get(key(1));
		expect(first).toEqual(kept);
		first?.data.fill(0);
		first?.norms.fill(0);
		expect(await createTokenCache({ folder }).get(key(1))).toEqual(kept);
	});

	it("keeps a part of a larger buffer as that part", async () => {
		const cache = createTokenCache({ folder });
		const whole = grid(4, 4, 2);
		const part = { ...grid(2, 4, 2), data: whole.data.subarray(16), norms: whole.norms.subarray(8) };
		await cache.set(key(1), part);
		const kept = await cache.get(key(1));
		expect(kept?.data).toEqual(whole.data.slice(16));
		expect(kept?.norms).toEqual(whole.norms.slice(8));
	});

	it("knows nothing of other keys, nor of an absent folder", async () => {
		expect(await createTokenCache({ folder: join(folder, "absent") }).get(key(1))).toBeUndefined();
		const cache = createTokenCache({ folder });
		await cache.set(key(1), grid(1, 1, 1));
		expect(await cache.get(key(2))).toBeUndefined();
	});

	it("replaces an entry, and leaves no other file", async () => {
		const cache = createTokenCache({ folder });
		await cache.set(key(1), grid(2, 2, 2));
		await cache.set(key(1), grid(3, 3, 3));
		expect(await cache.get(key(1))).toEqual(grid(3, 3, 3));
		expect(await entries()).toEqual([`${key(1)}.tokens`]);
	});
});

describe("damaged entries", () => {
	const damages: Record<string, (path: string) => Promise<void>> = {
		empty: (path) => truncate(path, 0),
		"cut in the prefix": (path) => truncate(path, 9),
		"cut in the header": (path) => truncate(path, 60),
		"one byte short": async (path) => truncate(path, (await stat(path)).size - 1),
		"one byte long": async (path) => writeFile(path, Buffer.concat([await readFile(path), Buffer.of(0)])),
		"another magic": (path) => overwrite(path, 0, 0x58),
		"another version": (path) => overwrite(path, 4, 9),
		"an absurd header length": (path) => overwrite(path, 11, 0xff),
		"no JSON": (path) => overwrite(path, 12, 0x5b),
		"one wrong norm": async (path) => overwrite(path, (await stat(path)).size - 3, 0x41),
		"one wrong token": async (path) => overwrite(path, (await stat(path)).size - 3 - 9 * 4, 0x41),
		"a version without norms": (path) => overwrite(path, 4, 1),
	};

	it.each(Object.entries(damages))("%s: is no entry, and is removed", async (_what, damage) => {
		const cache = createTokenCache({ folder });
		await cache.set(key(1), grid(3, 3, 4));
		await damage(join(folder, "tokens", `${key(1)}.tokens`));
		expect(await cache.get(key(1))).toBeUndefined();
		expect(await entries()).toEqual([]);
	});

	it("a shape that does not fit is no entry, whatever its digest", async () => {
		const cache = createTokenCache({ folder });
		await cache.set(key(1), grid(3, 3, 4));
		const path = join(folder, "tokens", `${key(1)}.tokens`);
		const text = (await readFile(path)).toString("latin1");
		await writeFile(path, Buffer.from(text.replace('"rows":3', '"rows":4'), "latin1"));
		expect(await cache.get(key(1))).toBeUndefined();
	});

	async function overwrite(path: string, at: number, value: number): Promise<void> {
		const bytes = await readFile(path);
		bytes[at] = value;
		await writeFile(path, bytes);
	}
});

describe("the limit", () => {
	it("removes what was used least recently, reads counted", async () => {
		let now = 1_000_000;
		// Each entry has some 4.6 kB: four fit, five do not.
		const cache = createTokenCache({ folder, maxBytes: 21_000, now: () => now });
		const add = async (index: number): Promise<void> => {
			now += 1000;
			await cache.set(key(index), grid(10, 10, 10, index));
		};
		for (const index of [1, 2, 3, 4]) {
			await add(index);
		}
		now += 1000;
		await cache.get(key(1));
		await add(5);
		expect(await entries()).toEqual([1, 3, 4, 5].map((index) => `${key(index)}.tokens`));
		await add(6);
		expect(await entries()).toEqual([1, 4, 5, 6].map((index) => `${key(index)}.tokens`));
	});

	it("counts what is written at the same time", async () => {
		const cache = createTokenCache({ folder, maxBytes: 21_000, now: () => 1_000_000 });
		await cache.set(key(1), grid(10, 10, 10));
		await Promise.all([2, 3, 4, 5].map((index) => cache.set(key(index), grid(10, 10, 10))));
		expect(await entries()).toHaveLength(4);
	});

	it("counts what other processes wrote", async () => {
		const other = createTokenCache({ folder, now: () => 1_000_000 });
		for (const index of [1, 2, 3, 4, 5, 6]) {
			await other.set(key(index), grid(10, 10, 10));
		}
		await createTokenCache({ folder, maxBytes: 9000, now: () => 2_000_000 }).set(key(7), grid(10, 10, 10));
		expect(await entries()).toContain(`${key(7)}.tokens`);
		expect((await entries()).length).toBeLessThanOrEqual(2);
	});

	it("does not keep a grid that is larger than the limit", async () => {
		const cache = createTokenCache({ folder, maxBytes: 1000 });
		expect(await cache.set(key(1), grid(10, 10, 10))).toBeUndefined();
		expect(await cache.get(key(1))).toBeUndefined();
	});

	it("removes temporary files of the dead, not those of the living, and no stranger", async () => {
		const tokens = join(folder, "tokens");
		await mkdir(tokens);
		for (const name of [".old.dinoseg-tmp", ".new.dinoseg-tmp", "notes.txt"]) {
			await writeFile(join(tokens, name), "x");
		}
		const old = Date.now() / 1000 - 7200;
		await utimes(join(tokens, ".old.dinoseg-tmp"), old, old);
		await utimes(join(tokens, "notes.txt"), old, old);
		await createTokenCache({ folder }).set(key(1), grid(1, 1, 1));
		expect(await entries()).toEqual([".new.dinoseg-tmp", `${key(1)}.tokens`, "notes.txt"]);
	});

	it("takes a temporary file for one of the dead after an hour, not before", async () => {
		const tokens = join(folder, "tokens");
		await mkdir(tokens);
		const path = join(tokens, ".slow.dinoseg-tmp");
		await writeFile(path, "x");
		const written = 1_000_000_000;
		await utimes(path, written, written);
		for (const [minutes, isLeft] of [
			[10, true],
			[60, true],
			[61, false],
		] as const) {
			// A cache that has not written yet looks at the folder at its first write.
			await createTokenCache({ folder, now: () => (written + 60 * minutes) * 1000 }).set(key(1), grid(1, 1, 1));
			expect((await entries()).includes(".slow.dinoseg-tmp"), `after ${minutes} minutes`).toBe(isLeft);
		}
	});
});

describe("several processes", () => {
	it("may write and read the same entries at once", async () => {
		const module = new URL("../dist/cache/token-cache.js", import.meta.url).href;
		const script = `
			const { createTokenCache } = await import("${module}");
			const cache = createTokenCache({ folder: process.argv[1], maxBytes: 60000 });
			let wrong = 0;
			for (let round = 0; round < 40; round++) {
				const index = round % 8;
				const key = index.toString(16).padStart(64, "0");
				const shape = { rows: 10, cols: 10, dim: 20, patchSize: 14, stride: 14,
					inputWidth: 140, inputHeight: 140, imageWidth: 99, imageHeight: 99 };
				const warning = await cache.set(key, {
					data: new Float32Array(2000).fill(index), norms: new Float32Array(100).fill(index), ...shape });
				const grid = await cache.get(key);
				if (warning || (grid && [...grid.data, ...grid.norms].some((value) => value !== index))) wrong++;
			}
			process.exitCode = wrong;
		`;
		const children = [1, 2, 3].map(() =>
			spawn(process.execPath, ["--input-type=module", "-e", script, folder], { stdio: "inherit" }),
		);
		const codes = await Promise.all(children.map(async (child) => (await once(child, "close"))[0]));
		expect(codes).toEqual([0, 0, 0]);
		expect((await entries()).every((name) => name.endsWith(".tokens"))).toBe(true);
	});
});

describe("a folder that cannot be used", () => {
	it("is a warning too where only the name is taken, and nothing is left", async () => {
		await mkdir(join(folder, "tokens", `${key(1)}.tokens`), { recursive: true });
		const warning = await createTokenCache({ folder }).set(key(1), grid(2, 2, 2));
		expect(warning?.code).toBe("CACHE_UNUSABLE");
		expect(await entries()).toEqual([`${key(1)}.tokens`]);
	});

	it("is a warning, not an error", async () => {
		const inTheWay = join(folder, "file");
		await writeFile(inTheWay, "");
		const cache = createTokenCache({ folder: inTheWay });
		expect(await cache.get(key(1))).toBeUndefined();
		const warning = await cache.set(key(1), grid(2, 2, 2));
		expect(warning?.code).toBe("CACHE_UNUSABLE");
		expect(warning?.message).toMatch(/tokens cannot be kept \(ENOTDIR\).*DINOSEG_CACHE/);
	});
});

describe.runIf(tellsOpenFiles)("no file stays open", () => {
	it("after entries were kept, read and found damaged", async () => {
		const cache = createTokenCache({ folder });
		await cache.set(key(1), grid(3, 3, 4));
		await cache.get(key(1));
		await truncate(join(folder, "tokens", `${key(1)}.tokens`), 60);
		expect(await cache.get(key(1))).toBeUndefined();
		expect(await openFilesBelow(folder)).toEqual([]);
	});

	it("after an entry for which there is no place", async (context) => {
		await withMount(context, root.path, "size=64k", async (disk) => {
			const warning = await createTokenCache({ folder: disk }).set(key(1), grid(50, 50, 50));
			expect(warning?.message).toContain("ENOSPC");
			expect(await openFilesBelow(disk)).toEqual([]);
			expect(await readdir(join(disk, "tokens"))).toEqual([]);
		});
	});
});

describe("cacheFolder", () => {
	const home = "/home/ada";
	it.each([
		["linux", {}, "/home/ada/.cache/dinoseg"],
		["linux", { XDG_CACHE_HOME: "/fast" }, "/fast/dinoseg"],
		["linux", { XDG_CACHE_HOME: "not/absolute" }, "/home/ada/.cache/dinoseg"],
		["linux", { DINOSEG_CACHE: "/mine", XDG_CACHE_HOME: "/fast" }, "/mine"],
		["linux", { DINOSEG_CACHE: "" }, "/home/ada/.cache/dinoseg"],
		["darwin", { XDG_CACHE_HOME: "/fast" }, "/home/ada/Library/Caches/dinoseg"],
	])("on %s with %j is %s", (platform, env, expected) => {
		expect(cacheFolder({ env, platform, home })).toBe(expected);
	});

	it("on Windows is below the local application data", () => {
		const env = { LOCALAPPDATA: "D:\\Local" };
		expect(cacheFolder({ env, platform: "win32", home: "C:\\Users\\ada" })).toBe("D:\\Local\\dinoseg");
		expect(cacheFolder({ env: {}, platform: "win32", home: "C:\\Users\\ada" })).toBe(
			"C:\\Users\\ada\\AppData\\Local\\dinoseg",
		);
	});
});
