import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";

const ROOT = new URL("../../../", import.meta.url);

/** Where a browser finds the built packages and what they import: no bundler, and no import map, for workers have none. */
const IMPORTS: Readonly<Record<string, string>> = {
	"@dinoseg/kernels": "/packages/kernels/dist/index.js",
	"@dinoseg/core": "/packages/core/dist/index.js",
	"@bufbuild/protobuf": "/node_modules/@bufbuild/protobuf/dist/esm/index.js",
	"@bufbuild/protobuf/codegenv2": "/node_modules/@bufbuild/protobuf/dist/esm/codegenv2/index.js",
	"client-zip": "/node_modules/client-zip/index.js",
	"csv-parse/browser/esm/sync": "/node_modules/csv-parse/dist/esm/sync.js",
	"fast-png": "/node_modules/fast-png/lib/index.js",
	fflate: "/node_modules/fflate/esm/browser.js",
	iobuffer: "/node_modules/iobuffer/lib/iobuffer.js",
	munkres: "/node_modules/munkres/dist/munkres.mjs",
	"zod/mini": "/node_modules/zod/mini/index.js",
};
/** A subpath of core. */
const CORE_PART = /^@dinoseg\/core\/(\w+)$/;
const IMPORTED_NAME = /(?<=\b(?:from|import)\s*)(["'])([^"'.\n][^"'\n]*)\1/g;

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">`;
/** With these, the page and its workers may share memory. */
const ISOLATED = {
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-embedder-policy": "require-corp",
};

export interface PackageServer extends AsyncDisposable {
	readonly url: string;
}

/**
 * Serve an empty page that can import the built packages, at `/` and, where it may not compile WebAssembly, at `/strict`;
 * and files. On the loopback interface.
 *
 * @param files bytes, or the text of a module, by name. Modules can import the packages by their names.
 */
export async function servePackages(files: ReadonlyMap<string, Uint8Array | string>): Promise<PackageServer> {
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url ?? "/", "http://localhost");
		answer(pathname, files).then(
			({ body, headers }) =>
				response.writeHead(200, { ...ISOLATED, "cache-control": "max-age=600", ...headers }).end(body),
			() => response.writeHead(404).end(),
		);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function answer(pathname: string, files: ReadonlyMap<string, Uint8Array | string>) {
	if (pathname === "/") {
		return { body: PAGE, headers: { "content-type": "text/html" } };
	}
	if (pathname === "/strict") {
		const policy = "script-src 'self' 'unsafe-inline'";
		return { body: PAGE, headers: { "content-type": "text/html", "content-security-policy": policy } };
	}
	const file = files.get(pathname.slice(1));
	if (file instanceof Uint8Array) {
		return { body: file, headers: { "content-type": "application/octet-stream" } };
	}
	if (![".js", ".mjs"].includes(extname(pathname))) {
		throw new Error(`${pathname}: only modules are served`);
	}
	const text = file ?? (await readFile(new URL(`.${pathname}`, ROOT), "utf8"));
	const body = text.replace(IMPORTED_NAME, (name, quote, key) => {
		const place = IMPORTS[key] ?? key.replace(CORE_PART, "/packages/core/dist/$1/index.js");
		return place === key ? name : quote + place + quote;
	});
	return { body, headers: { "content-type": "text/javascript" } };
}
