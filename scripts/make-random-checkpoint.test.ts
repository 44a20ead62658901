import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeTensorValues } from "@dinoseg/core/model";
import { loadCheckpoint } from "@dinoseg/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RandomCheckpointOptions, writeRandomCheckpoint } from "../fixtures/random-checkpoint.ts";
import { narrowFloats, writeSafetensors } from "../fixtures/safetensors-writer.ts";

const SCRIPT = fileURLToPath(new URL("make-random-checkpoint.ts", import.meta.url));
const TINY = { hiddenSize: 32, layers: 2, heads: 2, mlp: "gelu", imageSize: 56 } as const;

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "dinoseg-random-"));
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});

let count = 0;
async function write(options: RandomCheckpointOptions): Promise<string> {
	const path = join(folder, String(count++));
	await writeRandomCheckpoint(path, options);
	return path;
}

/** The values of the tensors whose names end with `suffix`. */
async function tensorValues(path: string, suffix: string): Promise<readonly Float32Array[]> {
	const { tensors } = await loadCheckpoint(path);
	const found = [...tensors.values()].filter(({ name }) => name.endsWith(suffix));
	return Promise.all(
		found.map(async ({ file, offset, length, dtype, shape }) => {
			const bytes = (await readFile(join(path, file))).subarray(offset, offset + length);
			return decodeTensorValues(
				bytes,
				dtype,
				shape.reduce((product, size) => product * size, 1),
			);
		}),
	);
}

describe("writeRandomCheckpoint", () => {
	it.each<Partial<RandomCheckpointOptions>>([
		{},
		{ mlp: "swiglu" },
		{ registers: 4 },
		{ registers: 4, mlp: "swiglu", qkvBias: false, dtype: "F16", patchSize: 8 },
		{ dtype: "BF16" },
	])("writes what the product reads: %j", async (changes) => {
		const options = { ...TINY, ...changes };
		const {
			config,
			tensors,
			tables: [positionTable],
		} = await loadCheckpoint(await write(options));
		const { dtype = "F32", registers = 0, qkvBias = true, patchSize = 14, ...sizes } = options;
		const biases = { query: qkvBias, key: qkvBias, value: qkvBias };
		expect(config).toMatchObject({ ...sizes, registers, biases, patchSize });
		expect(new Set([...tensors.values()].map((entry) => entry.dtype))).toEqual(new Set([dtype]));
		expect(positionTable).toHaveLength(Math.floor(56 / patchSize) ** 2 * 32);
		expect(positionTable.every(Number.isFinite)).toBe(true);
	});

	it("scales the weights as a trained network's", async () => {
		const path = await write({ ...TINY, hiddenSize: 128 });
		for (const gamma of await tensorValues(path, ".lambda1")) {
			expect(Math.min(...gamma)).toBeGreaterThanOrEqual(0.05);
			expect(Math.max(...gamma)).toBeLessThanOrEqual(0.5);
		}
		for (const bias of await tensorValues(path, ".bias")) {
			expect(bias.some((value) => value !== 0)).toBe(true);
		}
		for (const weight of await tensorValues(path, ".query.weight")) {
			const squares = weight.reduce((sum, value) => sum + value * value, 0);
			expect(Math.sqrt((squares / weight.length) * 128)).toBeCloseTo(Math.SQRT2, 1);
		}
	});

	it("splits the weights into files of a bounded size", async () => {
		const whole = await write(TINY);
		const split = await write({ ...TINY, shardBytes: 80_000 });
		const shards = (await readdir(split)).filter((name) => /^model-\d{5}-of-\d{5}\.safetensors$/.test(name));
		expect(shards.length).toBeGreaterThan(2);
		for (const shard of shards) {
			const { size } = await stat(join(split, shard));
			const headerBytes = 8 + Number((await readFile(join(split, shard))).readBigUInt64LE());
			expect(size - headerBytes).toBeLessThanOrEqual(80_000);
		}
		expect(await tensorValues(split, ".weight")).toEqual(await tensorValues(whole, ".weight"));
	});

	it("depends on the seed alone", async () => {
		const [one, same, other] = await Promise.all([
			tensorValues(await write(TINY), ".weight"),
			tensorValues(await write(TINY), ".weight"),
			tensorValues(await write({ ...TINY, seed: 1 }), ".weight"),
		]);
		expect(same).toEqual(one);
		expect(other).not.toEqual(one);
	});
});

describe("writeSafetensors", () => {
	it("asks for the values in pieces, whose order and start are right", async () => {
		const path = join(folder, "pieces.safetensors");
		const starts: number[] = [];
		const size = 2 ** 21 + 3;
		const fill = (values: Float32Array, start: number) => {
			starts.push(start);
			for (let i = 0; i < values.length; i++) {
				values[i] = start + i;
			}
		};
		await writeSafetensors(path, [{ name: "x", dtype: "F32", shape: [size], fill }]);
		const bytes = await readFile(path);
		const start = 8 + Number(bytes.readBigUInt64LE());
		expect(start % 8).toBe(0);
		expect(bytes.length).toBe(start + 4 * size);
		expect(starts).toEqual([0, 2 ** 20, 2 ** 21]);
		for (const index of [0, 2 ** 20 - 1, 2 ** 20, size - 1]) {
			expect(bytes.readFloatLE(start + 4 * index)).toBe(index);
		}
	});

	it.each([
		[1, 0x3c00, 0x3f80],
		[-2.5, 0xc100, 0xc020],
		[65504, 0x7bff, 0x4780],
		[65519, 0x7bff, 0x4780],
		[65520, 0x7c00, 0x4780],
		[2 ** -24, 0x0001, 0x3380],
		[2 ** -25, 0x0000, 0x3300],
		[3 * 2 ** -25, 0x0002, 0x33c0],
		[2 ** -14 - 2 ** -26, 0x0400, 0x3880],
		[1 + 2 ** -11, 0x3c00, 0x3f80],
		[1 + 3 * 2 ** -11, 0x3c02, 0x3f80],
		[1 + 3 * 2 ** -8, 0x3c0c, 0x3f82],
		[0, 0, 0],
		[-0, 0x8000, 0x8000],
	])("rounds %f to the nearest narrower float, ties to even", (value, float16, bfloat16) => {
		expect(narrowFloats(Float32Array.of(value), "F16")).toEqual(Uint16Array.of(float16));
		expect(narrowFloats(Float32Array.of(value), "BF16")).toEqual(Uint16Array.of(bfloat16));
	});
});

describe("make-random-checkpoint.ts", () => {
	it("writes a published size", async () => {
		const path = join(folder, "small");
		execFileSync(process.execPath, [
			"--import",
			"tsx",
			SCRIPT,
			"dinov2-small",
			path,
			"--dtype",
			"F16",
			"--registers",
			"4",
		]);
		const { config } = await loadCheckpoint(path);
		expect(config).toMatchObject({ hiddenSize: 384, layers: 12, heads: 6, mlp: "gelu", registers: 4 });
	});

	it.each([["tiny", "x"], ["dinov2-small"], ["dinov3-small", "x", "--dtype", "I8"]])(
		"explains itself to %j %j",
		(...args) => {
			const run = () => execFileSync(process.execPath, ["--import", "tsx", SCRIPT, ...args], { stdio: "pipe" });
			expect(run).toThrow("Usage:");
		},
	);
});
