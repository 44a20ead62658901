import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";

const ROOT = new URL("../../../", import.meta.url);

/** Where a page finds the built packages and what they import: no bundler. */
const IMPORTS = {
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
	zod: "/node_modules/zod/index.js",
};

const PAGE = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`;

export interface PackageServer extends AsyncDisposable {
	readonly url: string;
}

/**
 * Serve an empty page that can import the built packages, at `/` and, where it may not compile WebAssembly, at `/strict`;
 * and `data` below `/data/`. On the loopback interface.
 *
 * @param data bytes by name.
 */
export async function servePackages(data: ReadonlyMap<string, Uint8Array>): Promise<PackageServer> {
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url ?? "/", "http://localhost");
		answer(pathname, data).then(
			({ body, headers }) => response.writeHead(200, headers).end(body),
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

async function answer(pathname: string, data: ReadonlyMap<string, Uint8Array>) {
	if (pathname === "/") {
		return { body: PAGE, headers: { "content-type": "text/html" } };
	}
	if (pathname === "/strict") {
		const policy = "script-src 'self' 'unsafe-inline'";
		return { body: PAGE, headers: { "content-type": "text/html", "content-security-policy": policy } };
	}
	const bytes = data.get(pathname.replace("/data/", ""));
	if (bytes !== undefined) {
		return { body: bytes, headers: { "content-type": "application/octet-stream" } };
	}
	if (![".js", ".mjs"].includes(extname(pathname))) {
		throw new Error(`${pathname}: only modules are served`);
	}
	return { body: await readFile(new URL(`.${pathname}`, ROOT)), headers: { "content-type": "text/javascript" } };
}
