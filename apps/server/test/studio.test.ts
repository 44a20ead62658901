import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { useTemporaryFolder } from "../../../packages/node/test/support/temporary-folder.ts";
import type { Example } from "../../../scripts/examples-of.ts";
import { sendRaw } from "./support/raw-request.ts";
import { startService, type TestService } from "./support/service.ts";

const built = fileURLToPath(new URL("../../studio/dist/", import.meta.url));
const folder = useTemporaryFolder();

/** What a page can be made of, with its media type and how long it may be kept. */
const FILES = {
	"index.html": ["text/html; charset=utf-8", "no-cache"],
	"assets/index-1a2b3c.js": ["text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
	"assets/index-1a2b3c.js.map": ["application/json", "public, max-age=31536000, immutable"],
	"assets/index_-4d.css": ["text/css; charset=utf-8", "public, max-age=31536000, immutable"],
	"assets/kernels-5e.wasm": ["application/wasm", "public, max-age=31536000, immutable"],
	"icon.svg": ["image/svg+xml", "no-cache"],
	"icon.png": ["image/png", "no-cache"],
	"studio.webmanifest": ["application/manifest+json", "no-cache"],
	"examples/cat.jpg": ["image/jpeg", "no-cache"],
	"examples/examples.json": ["application/json", "no-cache"],
	"licences.md": ["text/markdown; charset=utf-8", "no-cache"],
} as const;

/** Beside them, and never served. */
const OTHERS = [".env", ".vite/manifest.json", "assets/.hidden.js", "assets/a b.js", "assets/:name.js", "program.exe"];

async function fill(path: string, names: readonly string[]): Promise<void> {
	for (const name of names) {
		await mkdir(dirname(join(path, name)), { recursive: true });
		await writeFile(join(path, name), `the bytes of ${name}`);
	}
}

describe("the page", () => {
	let service: TestService & AsyncDisposable;
	let studio: string;
	beforeAll(async () => {
		studio = join(folder.path, "dist");
		await fill(studio, [...Object.keys(FILES), ...OTHERS]);
		await writeFile(join(folder.path, "secret.js"), "secret");
		service = await startService({ token: "a-token-that-nobody-guesses" }, studio);
		return () => service[Symbol.asyncDispose]();
	});
	const get = (target: string, headers: Record<string, string> = {}, method = "GET") =>
		sendRaw(service.url, { method, target, headers });

	it.each(Object.entries(FILES))("is served without a token: %s", async (name, [mediaType, caching]) => {
		const target = name === "index.html" ? "/" : `/${name}`;
		const { status, headers, body } = await get(target);
		expect([status, body.toString()]).toEqual([200, `the bytes of ${name}`]);
		expect(headers).toMatchObject({
			"content-type": mediaType,
			"cache-control": caching,
			"content-length": String(body.length),
			"content-security-policy": expect.stringContaining("default-src 'self'; script-src 'self' 'wasm-unsafe-eval';"),
			"x-content-type-options": "nosniff",
		});
		const known = { "if-none-match": String(headers.etag) };
		expect(await get(target, known)).toMatchObject({ status: 304, headers: { etag: headers.etag } });
		expect(await get(target, {}, "HEAD")).toMatchObject({ status: 200, body: Buffer.alloc(0) });
		expect(await get(target, {}, "POST")).toMatchObject({ status: 405 });
	});

	it.each([
		...OTHERS.map((name) => `/${encodeURI(name)}`),
		"/index.html",
		"/assets",
		"/assets/",
		"/assets/other.js",
		"/assets/../../secret.js",
		"/assets/%2e%2e/%2e%2e/secret.js",
		"/assets/..%2f..%2fsecret.js",
		"/assets/..%5c..%5csecret.js",
		"/..%2fsecret.js",
		"/%2e%2e/secret.js",
		"//secret.js",
		"/assets/index-1a2b3c.js%00.jpg",
		"/assets/index-1a2b3c.js/",
	])("has no other files, and those that ask are asked for a token: %s", async (target) => {
		expect(await get(target)).toMatchObject({ status: 401 });
		expect(await get(target, { authorization: "Bearer a-token-that-nobody-guesses" })).toMatchObject({ status: 404 });
	});

	it("is not served to another host", async () => {
		expect(await get("/", { host: "evil.example" })).toMatchObject({ status: 403 });
	});

	it("says so when it was built anew meanwhile", async () => {
		await rm(join(studio, "icon.png"));
		const { status, body } = await get("/icon.png");
		expect([status, JSON.parse(body.toString())]).toEqual([404, expect.objectContaining({ code: "RESOURCE_UNKNOWN" })]);
		await fill(studio, ["icon.png"]);
	});
});

describe("a page that is not built", () => {
	it("says how it is, and leaves all else as it is", async () => {
		await using service = await startService({}, join(folder.path, "nothing"));
		expect(await service.json("/", 404)).toMatchObject({
			code: "RESOURCE_UNKNOWN",
			detail: expect.stringContaining("npm run build"),
		});
		expect((await service.fetch("/docs/")).status).toBe(200);
	});
});

describe("the page that is built", () => {
	it("is served whole, with the examples and the licences", async () => {
		await using service = await startService();
		for (const entry of await readdir(built, { recursive: true, withFileTypes: true })) {
			if (entry.isFile()) {
				const path = join(entry.parentPath, entry.name);
				const name = path.slice(built.length);
				const answer = await service.fetch(name === "index.html" ? "/" : `/${name}`);
				expect([name, answer.status]).toEqual([name, 200]);
				expect(Buffer.from(await answer.arrayBuffer()).equals(await readFile(path)), name).toBe(true);
			}
		}
		const examples = await service.json<Example[]>("/examples/examples.json");
		expect(examples.length).toBeGreaterThan(4);
		for (const { name, title, credit } of examples) {
			expect([title, credit]).toEqual([expect.stringMatching(/^[A-Z]/), expect.stringMatching(/.; ./)]);
			expect((await service.fetch(`/examples/${name}`)).headers.get("content-type")).toBe("image/jpeg");
		}
		expect(await (await service.fetch("/licences.md")).text()).toMatch(/^## preact .*\(MIT\)$/m);
	});
});
