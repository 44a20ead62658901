/** Bytes of what is shipped. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { formatBytes, markdownTable } from "./harness/markdown.ts";

const ROOT = new URL("../", import.meta.url);
const PACKAGES = ["packages/kernels", "packages/core", "packages/node", "apps/cli"];
const MODULE = "packages/kernels/dist/simd/wasm-base64.js";

/** The WebAssembly module and the JavaScript of every package, as built: comments in, not minified. */
export async function sizesTable(): Promise<string> {
	const { WASM_BASE64 } = (await import(new URL(MODULE, ROOT).href)) as { WASM_BASE64: string };
	const rows = [
		sizeRow("WebAssembly module, SIMD (in `packages/kernels` as base64)", Buffer.from(WASM_BASE64, "base64")),
	];
	for (const folder of PACKAGES) {
		const dist = fileURLToPath(new URL(`${folder}/dist/`, ROOT));
		const names = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".js")).sort();
		const files = await Promise.all(names.map((name) => readFile(`${dist}/${name}`)));
		rows.push(sizeRow(`JavaScript of \`${folder}\``, Buffer.concat(files)));
	}
	return markdownTable(["What", "Bytes", "gzip"], "lrr", rows);
}

function sizeRow(name: string, bytes: Buffer): string[] {
	return [name, formatBytes(bytes.length), formatBytes(gzipSync(bytes, { level: 9 }).length)];
}
