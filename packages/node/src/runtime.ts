import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import sharp from "sharp";

/** Versions of the native libraries in use. */
export interface RuntimeVersions {
	readonly onnxruntime: string;
	readonly sharp: string;
	readonly libvips: string;
}

/** CPU extensions that the network's kernels choose between. */
const RELEVANT_FEATURES = [
	"avx2",
	"fma",
	"avx512f",
	"avx512_vnni",
	"avx_vnni",
	"amx_int8",
	"asimd",
	"asimddp",
	"i8mm",
	"sve",
];

/** Version of the installed onnxruntime-node. */
export function onnxruntimeVersion(): string {
	const require = createRequire(import.meta.url);
	return (require("onnxruntime-node/package.json") as { version: string }).version;
}

/** Versions of the installed native libraries. */
export function runtimeVersions(): RuntimeVersions {
	const { sharp: sharpVersion = "unknown", vips } = sharp.versions;
	return { onnxruntime: onnxruntimeVersion(), sharp: sharpVersion, libvips: vips };
}

/**
 * The CPU extensions that matter for speed, as Linux names them.
 *
 * @returns empty on systems that do not tell.
 */
export async function cpuFeatures(): Promise<string[]> {
	const text = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
	const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text);
	const present = new Set(line?.[1].split(/\s+/) ?? []);
	return RELEVANT_FEATURES.filter((feature) => present.has(feature));
}
