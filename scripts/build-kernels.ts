/**
 * Compiles `packages/kernels/assembly` to WebAssembly and writes it as a module of text, so that Node, browsers and
 * bundlers load it like any other code. Does nothing when the sources are those of the last run.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const ASSEMBLY = fileURLToPath(new URL("../packages/kernels/assembly/", import.meta.url));
const OUTPUT = fileURLToPath(new URL("../packages/kernels/src/simd/wasm-base64.ts", import.meta.url));
const COMPILER_OPTIONS = ["-O3", "--noAssert", "--enable", "simd", "--runtime", "stub", "--use", "abort="];

const sources = new Map(
	readdirSync(ASSEMBLY)
		.filter((name) => name.endsWith(".ts"))
		.sort()
		.map((name) => [name, readFileSync(`${ASSEMBLY}${name}`, "utf8")]),
);

/** Of all that the module is made from: sources, options, compiler. */
function fingerprint(): string {
	const { version } = createRequire(import.meta.url)("assemblyscript/package.json") as { version: string };
	return createHash("sha256")
		.update(JSON.stringify([version, COMPILER_OPTIONS, ...sources]))
		.digest("hex");
}

async function compile(): Promise<Uint8Array> {
	// Loading the compiler takes seconds, and most builds do not need it.
	const { default: asc } = await import("assemblyscript/asc");
	let binary: Uint8Array | undefined;
	const { error, stderr } = await asc.main(["index.ts", ...COMPILER_OPTIONS, "--outFile", "kernels.wasm"], {
		readFile: (name) => sources.get(name) ?? null,
		writeFile: (_name, contents) => {
			binary = contents as Uint8Array;
		},
		listFiles: () => [],
	});
	if (error !== null || binary === undefined) {
		throw new Error(`The kernels do not compile.\n${stderr.toString()}`);
	}
	return binary;
}

const header = `// Made by scripts/build-kernels.ts from ${fingerprint()}`;
if (!existsSync(OUTPUT) || !readFileSync(OUTPUT, "utf8").startsWith(header)) {
	const text = Buffer.from(await compile()).toString("base64");
	writeFileSync(OUTPUT, `${header}\nexport const WASM_BASE64 =\n\t"${text}";\n`);
}
