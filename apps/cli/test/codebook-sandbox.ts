import { mkdir, readFile, writeFile } from "node:fs/promises";
import sharp from "sharp";
import { expect } from "vitest";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { type CliResult, createSandbox, type Sandbox } from "./harness.ts";

/** Flags that take little time, and change no point of these tests. */
export const QUICK = ["--input-size", "112", "--median", "0", "--quiet"];
/** The pictures in the folder `in`. */
export const NAMES = ["astronaut", "cat", "coffee", "rocket", "tissue"];

/** Small examples in the folder `in`. */
export async function writePictures(sandbox: Sandbox, names: readonly string[] = NAMES): Promise<void> {
	await mkdir(sandbox.path("in"), { recursive: true });
	for (const name of names) {
		await writeFile(sandbox.path("in", `${name}.png`), await smallExample(`${name}.jpg`));
	}
}

/** `dinoseg fit` with the options of these tests. */
export const fit = (sandbox: Sandbox, ...args: string[]): Promise<CliResult> =>
	sandbox.dinoseg("fit", ...QUICK, ...args);

/** What `fit` made of all pictures, once for all tests. */
let codebook: Buffer | undefined;

/** A sandbox with pictures and a codebook of four clusters, `scene.codebook`. */
export async function fitted(): Promise<Sandbox> {
	const sandbox = await createSandbox();
	await writePictures(sandbox);
	const path = sandbox.path("scene.codebook");
	if (codebook === undefined) {
		expect(await fit(sandbox, "in", "-k", "4")).toMatchObject({ code: 0 });
		codebook = await readFile(path);
	}
	await writeFile(path, codebook);
	return sandbox;
}

/** The document and the ids of a result. */
export async function readResult(sandbox: Sandbox, folder: string) {
	const { width, height, ids } = await readIds(await readFile(sandbox.path(folder, "labels.png")));
	const document = JSON.parse(await readFile(sandbox.path(folder, "segments.json"), "utf8"));
	return { document, width, height, ids };
}

/** The values of an indexed PNG, not its colours. */
async function readIds(png: Uint8Array) {
	const { data, info } = await sharp(png, { ignoreIcc: true }).toColourspace("srgb").raw().toBuffer({
		resolveWithObject: true,
	});
	const palette = paletteOf(png);
	const idOf = new Map(palette.map((color, id) => [color, id]));
	const ids = Array.from({ length: info.width * info.height }, (_, pixel) => {
		const at = pixel * info.channels;
		return idOf.get(data.subarray(at, at + 3).toString("hex")) ?? -1;
	});
	return { width: info.width, height: info.height, ids, palette };
}

/** The colours of a PNG by their index, hex; the first of two equal ones counts. */
function paletteOf(png: Uint8Array): string[] {
	const bytes = Buffer.from(png);
	const at = bytes.indexOf("PLTE");
	const length = bytes.readUInt32BE(at - 4);
	return Array.from({ length: length / 3 }, (_, id) =>
		bytes.subarray(at + 4 + 3 * id, at + 7 + 3 * id).toString("hex"),
	);
}
