import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubCacheFolder, readHubSettings } from "../dist/hub/index.js";
import { expectError } from "./support/expect-error.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

describe("settings of the hub", () => {
	const folder = useTemporaryFolder();
	const home = join("/", "home", "me");

	it("finds the cache as huggingface_hub does", () => {
		const at = (env: Record<string, string>) => hubCacheFolder({ env, home });
		expect(at({})).toBe(join(home, ".cache", "huggingface", "hub"));
		expect(at({ XDG_CACHE_HOME: "/xdg" })).toBe(join("/xdg", "huggingface", "hub"));
		expect(at({ XDG_CACHE_HOME: "/xdg", HF_HOME: "/hf" })).toBe(join("/hf", "hub"));
		expect(at({ HF_HOME: "/hf", HUGGINGFACE_HUB_CACHE: "/old" })).toBe("/old");
		expect(at({ HF_HUB_CACHE: "/new", HUGGINGFACE_HUB_CACHE: "/old" })).toBe("/new");
		expect(at({ HF_HOME: "~/hf" })).toBe(join(home, "hf", "hub"));
		expect(at({ HF_HUB_CACHE: `\${DISK}/$USER/hub`, DISK: "/d", USER: "me" })).toBe("/d/me/hub");
		expect(at({ HF_HUB_CACHE: "", HF_HOME: "" })).toBe(join(home, ".cache", "huggingface", "hub"));
		expect(hubCacheFolder({ env: { HF_HUB_CACHE: "/new" }, cacheFolder: "/given" })).toBe("/given");
	});

	it("reads endpoint, offline and proxies", async () => {
		const read = (env: Record<string, string>) => readHubSettings({ env, home: folder.path });
		expect(await read({})).toMatchObject({ endpoint: "https://huggingface.co", offline: false, proxy: undefined });
		expect(await read({ HF_ENDPOINT: "http://mirror:8080/hf/" })).toMatchObject({ endpoint: "http://mirror:8080/hf" });
		for (const yes of ["1", "true", "Yes", "ON"]) {
			expect((await read({ HF_HUB_OFFLINE: yes })).offline).toBe(true);
		}
		expect((await read({ HF_HUB_OFFLINE: "0" })).offline).toBe(false);
		expect((await read({ HTTPS_PROXY: "proxy:3128", NO_PROXY: "a,b" })).proxy).toEqual({
			httpProxy: "",
			httpsProxy: "http://proxy:3128",
			noProxy: "a,b",
		});
		for (const HF_ENDPOINT of ["huggingface.co", "ftp://x", "https://me:secret@hub"]) {
			const error = await expectError(read({ HF_ENDPOINT }), "OPTION_INVALID");
			expect(error.message).not.toContain("secret");
		}
	});

	it("finds the token in its variable, else in its file", async () => {
		const read = async (env: Record<string, string>) => (await readHubSettings({ env, home: folder.path })).token;
		expect(await read({})).toBeUndefined();
		await mkdir(join(folder.path, ".cache", "huggingface"), { recursive: true });
		await writeFile(join(folder.path, ".cache", "huggingface", "token"), "hf_stored\n");
		await writeFile(join(folder.path, "mine"), "hf_mine\n");
		expect(await read({})).toBe("hf_stored");
		expect(await read({ HF_TOKEN: " hf_given " })).toBe("hf_given");
		expect(await read({ HF_TOKEN_PATH: join(folder.path, "mine") })).toBe("hf_mine");
		expect(await read({ HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" })).toBeUndefined();
		await expectError(read({ HF_TOKEN: "two words" }), "OPTION_INVALID");
		expect(await read({ HF_TOKEN_PATH: join(folder.path, "absent") })).toBeUndefined();
		expect(await read({ HF_TOKEN_PATH: join(folder.path, "mine", "below-a-file") })).toBeUndefined();
		await expectError(read({ HF_TOKEN_PATH: folder.path }), "OPTION_INVALID");
		if (process.platform !== "win32") {
			const pipe = join(folder.path, "pipe");
			execFileSync("mkfifo", [pipe]);
			const { message } = await expectError(read({ HF_TOKEN_PATH: pipe }), "OPTION_INVALID");
			expect(message).toContain(`${pipe}: the token file cannot be read (it is not a regular file). Correct`);
		}
	});
});
