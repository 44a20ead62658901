import { execFile } from "node:child_process";
import { mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { meanCosine } from "@dinoseg/core/metrics";
import { compareDtypes, decodeImage, type LoadedCheckpoint, loadCheckpoint, loadQuantised } from "@dinoseg/node";
import { createTemporaryFiles } from "@dinoseg/node/files";
import { beforeAll, describe, expect, it } from "vitest";
import { type FixtureTensor, fixturePath, loadTensors } from "../../../fixtures/load.ts";
import { writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { expectError } from "./support/expect-error.ts";
import { openFilesBelow, tellsOpenFiles } from "./support/open-files.ts";
import { runNetwork } from "./support/run-network.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const TINY = fileURLToPath(new URL("../../../models/tiny", import.meta.url));
const EXAMPLE = fileURLToPath(new URL("../../../examples/coffee.jpg", import.meta.url));

const temporary = useTemporaryFolder();
let folders = 0;

/** A folder that no other test uses. It need not exist. */
function freshFolder(): string {
	folders++;
	return join(temporary.path, String(folders));
}

/** The only file of a cache. */
async function int8File(cacheFolder: string): Promise<string> {
	const [name, ...others] = await readdir(join(cacheFolder, "int8"));
	expect(others).toEqual([]);
	return join(cacheFolder, "int8", name);
}

let tiny: LoadedCheckpoint;
let tinyInt8: Awaited<ReturnType<typeof loadQuantised>>;
/** A network of one layer: for what is said of files, whatever is in them. */
let small: LoadedCheckpoint;
beforeAll(async () => {
	tiny = await loadCheckpoint(TINY);
	tinyInt8 = await loadQuantised(tiny, { cacheFolder: freshFolder() });
	const folder = freshFolder();
	await writeRandomCheckpoint(folder, { hiddenSize: 64, layers: 1, heads: 2, mlp: "gelu", imageSize: 56 });
	small = await loadCheckpoint(folder);
});

const inputs = loadTensors("reference/backbone/inputs.safetensors");

function pictures(size: string): FixtureTensor {
	return inputs.get(`u8.${size}`) as FixtureTensor;
}

/** The mean cosine of a network's outputs in 8 bits to those in float32. */
async function agreement(model: string, choice: Parameters<typeof runNetwork>[2] = {}, size = "224x224") {
	const checkpoint = model === TINY ? tiny : await loadCheckpoint(model);
	const quantised = model === TINY ? tinyInt8 : await loadQuantised(checkpoint, { cacheFolder: freshFolder() });
	const { tokens, norms } = await runNetwork(checkpoint, pictures(size), choice);
	const int8 = await runNetwork(quantised, pictures(size), choice);
	const dim = tokens.shape.at(-1) as number;
	return {
		cosine: meanCosine(tokens.data, int8.tokens.data, dim),
		norms: meanCosine(norms.data, int8.norms.data, norms.shape.at(-1) as number),
	};
}

describe("the network in 8 bits", () => {
	// Measured: 0.999980, 0.999945, 0.999742 and 0.999680; of DINOv3 0.999745, 0.999446 and 0.999159.
	it.each([
		["tiny", TINY, 0.99995],
		["mlp", fixturePath("reference/backbone/mlp"), 0.9999],
		["swiglu", fixturePath("reference/backbone/swiglu"), 0.9995],
		["reg", fixturePath("reference/backbone/reg"), 0.9995],
		["DINOv3, MLP", fixturePath("reference/dinov3/mlp"), 0.9996],
		["DINOv3, gated", fixturePath("reference/dinov3/gated"), 0.9993],
		["DINOv3, gated without biases", fixturePath("reference/dinov3/nobias"), 0.999],
	])("agrees with float32: %s", async (_, model, least) => {
		const { cosine, norms } = await agreement(model);
		expect(cosine).toBeGreaterThan(least);
		// Not the same numbers: the 8-bit weights are really used.
		expect(cosine).toBeLessThan(1 - 1e-7);
		expect(norms).toBeGreaterThan(0.9999);
	});

	it.each(["key", "query", "value", "token"] as const)("agrees for the facet %s of several layers", async (facet) => {
		const { cosine } = await agreement(TINY, { facet, layer: [0, 5, -1] });
		// Measured: 0.99987 (query) and above.
		expect(cosine).toBeGreaterThan(0.9998);
	});

	it("takes checkpoints in several files, in F16 and BF16, and without biases", async () => {
		const sizes = { hiddenSize: 64, layers: 2, heads: 2, mlp: "gelu", imageSize: 56 } as const;
		const variants = [{ shardBytes: 100_000 }, { dtype: "F16" }, { dtype: "BF16" }, { qkvBias: false }] as const;
		for (const variant of variants) {
			const folder = freshFolder();
			await writeRandomCheckpoint(folder, { ...sizes, ...variant });
			expect((await agreement(folder)).cosine).toBeGreaterThan(0.998);
		}
	});

	it("gives the same bytes with one thread and with two", async () => {
		const one = await runNetwork(tinyInt8, pictures("210x336"), { threads: 1 });
		const two = await runNetwork(tinyInt8, pictures("210x336"), { threads: 2 });
		expect(two.tokens.data).toEqual(one.tokens.data);
		expect(two.norms.data).toEqual(one.norms.data);
	});

	it("does not let one picture of a batch change another", async () => {
		const both = pictures("126x98");
		const [, ...size] = both.shape;
		const second = { shape: [1, ...size], data: both.data.subarray(both.data.length / 2) };
		const { tokens } = await runNetwork(tinyInt8, both);
		const alone = await runNetwork(tinyInt8, second);
		const half = tokens.data.subarray(tokens.data.length / 2);
		expect(meanCosine(half, alone.tokens.data, 192)).toBeGreaterThan(0.99999);
	});

	it("is compared with float32 in time and tokens", async () => {
		const { image } = await decodeImage(await readFile(EXAMPLE), { name: EXAMPLE, maxPixels: 1e8 });
		const options = { cacheFolder: freshFolder(), image, inputSize: 140, threads: 1, runs: 1 };
		const { fp32Ms, int8Ms, speedup, cosine } = await compareDtypes(tiny, options);
		expect(fp32Ms).toBeGreaterThan(0);
		expect(int8Ms).toBeGreaterThan(0);
		expect(speedup).toBeCloseTo(fp32Ms / int8Ms, 10);
		expect(cosine).toBeGreaterThan(0.9999);
	});
});

describe("the file of 8-bit weights", () => {
	it("is made once", async () => {
		const cacheFolder = freshFolder();
		const made = await loadQuantised(tiny, { cacheFolder });
		const path = await int8File(cacheFolder);
		const { mtimeNs, ino, size } = await stat(path, { bigint: true });
		const again = await loadQuantised(tiny, { cacheFolder });
		expect(await stat(path, { bigint: true })).toMatchObject({ mtimeNs, ino });
		expect(again.folder).toBe(made.folder);
		expect(again.quantised).toEqual(made.quantised);
		expect(made.warnings).toEqual([]);
		// A third of the F16 checkpoint goes into the position table and what else stays in float32.
		expect(Number(size)).toBeLessThan(0.7 * (await stat(join(TINY, "model.safetensors"))).size);
		await made.dispose();
		expect(await int8File(cacheFolder)).toBe(path);
	});

	it("has the same bytes each time", async () => {
		const [first, second] = [freshFolder(), freshFolder()];
		await loadQuantised(small, { cacheFolder: first });
		await loadQuantised(small, { cacheFolder: second });
		expect(Buffer.compare(await readFile(await int8File(first)), await readFile(await int8File(second)))).toBe(0);
	});

	it.each([
		["a changed byte", async (path: string, size: number) => overwrite(path, size - 1000, Uint8Array.of(99))],
		["a changed header", async (path: string) => overwrite(path, 40, new TextEncoder().encode("9"))],
		["a lost end", async (path: string, size: number) => truncate(path, size - 1)],
		["nothing in it", async (path: string) => truncate(path, 0)],
		["other content", async (path: string) => writeFile(path, "not a safetensors file")],
	])("is made again with %s", async (_, damage) => {
		const cacheFolder = freshFolder();
		await loadQuantised(small, { cacheFolder });
		const path = await int8File(cacheFolder);
		const intact = await readFile(path);
		await damage(path, intact.length);
		expect(Buffer.compare(await readFile(path), intact)).not.toBe(0);
		await loadQuantised(small, { cacheFolder });
		expect(Buffer.compare(await readFile(path), intact)).toBe(0);
	});

	it("can be made by several at once", async () => {
		const cacheFolder = freshFolder();
		const all = await Promise.all([1, 2, 3].map(() => loadQuantised(tiny, { cacheFolder })));
		await int8File(cacheFolder);
		const tokens = await Promise.all(all.map((quantised) => runNetwork(quantised, pictures("126x98"))));
		expect(tokens[1]).toEqual(tokens[0]);
		expect(tokens[2]).toEqual(tokens[0]);
	});

	it("is temporary, with a warning, where the cache cannot be written to", async () => {
		const blocked = freshFolder();
		await writeFile(blocked, "a file in the way");
		const fallbackFolder = freshFolder();
		await mkdir(fallbackFolder);
		const temporaryFiles = createTemporaryFiles();
		const quantised = await loadQuantised(small, { cacheFolder: blocked, fallbackFolder, temporaryFiles });
		expect(quantised.warnings).toEqual([
			{
				code: "CACHE_UNUSABLE",
				message: expect.stringMatching(/8-bit weights cannot be kept \(ENOTDIR\).*DINOSEG_CACHE/),
			},
		]);
		expect(await readdir(fallbackFolder)).toHaveLength(1);
		const { tokens } = await runNetwork(quantised, pictures("126x98"));
		const kept = await loadQuantised(small, { cacheFolder: freshFolder() });
		expect(tokens.data).toEqual((await runNetwork(kept, pictures("126x98"))).tokens.data);
		await quantised.dispose();
		expect(await readdir(fallbackFolder)).toEqual([]);
	});

	it("is an error where no folder can be written to", async () => {
		const blocked = freshFolder();
		await writeFile(blocked, "a file in the way");
		const loading = loadQuantised(small, { cacheFolder: blocked, fallbackFolder: join(blocked, "too") });
		const error = await expectError(loading, "OUTPUT_UNWRITABLE");
		expect(error.message).toMatch(/ENOTDIR.*DINOSEG_CACHE.*dtype fp32/);
	});

	it("is not made from weights that are no numbers", async () => {
		const folder = freshFolder();
		await writeRandomCheckpoint(folder, { hiddenSize: 64, layers: 1, heads: 2, mlp: "gelu", imageSize: 56 });
		const checkpoint = await loadCheckpoint(folder);
		for (const name of ["encoder.layer.0.mlp.fc1.weight", "encoder.layer.0.mlp.fc1.bias", "layernorm.weight"]) {
			const entry = checkpoint.tensors.get(name);
			const path = join(folder, "model.safetensors");
			const intact = await readFile(path);
			await overwrite(path, (entry?.offset ?? 0) + 8, new Uint8Array(Float32Array.of(Number.NaN).buffer));
			const cacheFolder = freshFolder();
			const error = await expectError(loadQuantised(checkpoint, { cacheFolder }), "MODEL_TENSOR_INVALID");
			expect(error.message).toContain(name);
			expect(await readdir(join(cacheFolder, "int8"))).toEqual([]);
			await writeFile(path, intact);
		}
	});

	it("is given up, without a trace, when its signal is aborted", async () => {
		const cacheFolder = freshFolder();
		await expectError(loadQuantised(tiny, { cacheFolder, signal: AbortSignal.abort() }), "ABORTED");
		expect(await readdir(join(cacheFolder, "int8"))).toEqual([]);
	});

	it("names the checkpoint when that has gone", async () => {
		const folder = freshFolder();
		await writeRandomCheckpoint(folder, { hiddenSize: 64, layers: 1, heads: 2, mlp: "gelu", imageSize: 56 });
		const checkpoint = await loadCheckpoint(folder);
		await rm(join(folder, "model.safetensors"));
		const error = await expectError(loadQuantised(checkpoint, { cacheFolder: freshFolder() }), "MODEL_FILE_MISSING");
		expect(error.message).toContain("model.safetensors");
	});

	it.runIf(tellsOpenFiles)("is not left open, made or given up, nor are the checkpoint's files", async () => {
		const folder = freshFolder();
		await writeRandomCheckpoint(folder, { hiddenSize: 64, layers: 1, heads: 2, mlp: "gelu", imageSize: 56 });
		const checkpoint = await loadCheckpoint(folder);
		const cacheFolder = freshFolder();
		for (const _made of [true, false]) {
			await (await loadQuantised(checkpoint, { cacheFolder })).dispose();
		}
		expect(await openFilesBelow(temporary.path)).toEqual([]);
		await truncate(join(folder, "model.safetensors"), 20_000);
		await expectError(loadQuantised(checkpoint, { cacheFolder: freshFolder() }), "SAFETENSORS_INVALID");
		expect(await openFilesBelow(temporary.path)).toEqual([]);
	});

	it("takes no more memory for a larger model", async () => {
		const peakMiB = async (rows: number) => {
			const folder = freshFolder();
			await mkdir(folder);
			// A file of zeros that takes no space on most disks.
			await (await open(join(folder, "w"), "w")).close();
			await truncate(join(folder, "w"), rows * 4096 * 4);
			const script = `
				import { loadQuantised } from "@dinoseg/node";
				const entry = { name: "a.weight", dtype: "F32", shape: [${rows}, 4096], file: "w", offset: 0, length: ${rows * 4096 * 4} };
				const checkpoint = { folder: ${JSON.stringify(folder)}, digest: "0", config: { mlp: "swiglu" }, tensors: new Map([["a.weight", entry]]) };
				await loadQuantised(checkpoint, { cacheFolder: ${JSON.stringify(freshFolder())} });
				console.log(process.resourceUsage().maxRSS / 1024);`;
			const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
				cwd: fileURLToPath(new URL("..", import.meta.url)),
			});
			return Number(stdout);
		};
		const [small, large] = [await peakMiB(512), await peakMiB(16_384)];
		// The large tensor has 256 MiB, 64 in 8 bits.
		expect(large - small).toBeLessThan(48);
	});
});

async function overwrite(path: string, position: number, bytes: Uint8Array): Promise<void> {
	const file = await open(path, "r+");
	await file.write(bytes, 0, bytes.length, position);
	await file.close();
}
