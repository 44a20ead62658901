import { copyFile, mkdir, mkdtemp, open, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DEFAULT_PREPROCESSOR } from "@dinoseg/core/model";
import { beforeEach, describe, expect, it } from "vitest";
import { type FixtureTensor, fixturePath, loadFloats, loadTensors } from "../../../fixtures/load.ts";
import { type TensorSpec, writeSafetensors, writeShardedSafetensors } from "../../../fixtures/safetensors-writer.ts";
import { loadCheckpoint } from "../dist/model/load-checkpoint.js";
import { resolveModel } from "../dist/model/resolve-model.js";
import { CHECKPOINT, CHECKPOINT_FILES, copyCheckpoint } from "./support/copy-checkpoint.ts";
import { expectError } from "./support/expect-error.ts";
import { largestDifference, readCheckpoint, runNetwork } from "./support/run-network.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const root = useTemporaryFolder();
let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(root.path, "model-"));
});

const PICTURES = loadTensors("reference/backbone/inputs.safetensors").get("u8.126x98") as FixtureTensor;
const OFFICIAL = loadFloats("reference/backbone/mlp/outputs_126x98.safetensors", "x_norm_patchtokens");
describe("resolveModel", () => {
	it("finds the bundled model by its name", async () => {
		const model = await resolveModel("tiny", { cwd: folder });
		expect(model).toMatchObject({ name: "tiny", bundled: true, revision: null });
		expect((await loadCheckpoint(model.folder)).config).toMatchObject({ hiddenSize: 192, layers: 8, patchSize: 14 });
	});

	it("takes a folder first, relative or absolute, also one called tiny", async () => {
		const own = await copyCheckpoint(join(folder, "tiny"));
		expect(await resolveModel("tiny", { cwd: folder })).toEqual({
			name: "tiny",
			folder: own,
			bundled: false,
			revision: null,
		});
		expect(await resolveModel("./tiny", { cwd: folder })).toMatchObject({ folder: own });
		expect(await resolveModel(own, { cwd: "/" })).toMatchObject({ folder: own, bundled: false, revision: null });
	});

	it("is not misled by a folder called tiny that holds no checkpoint", async () => {
		await mkdir(join(folder, "tiny"));
		expect(await resolveModel("tiny", { cwd: folder })).toMatchObject({ bundled: true, revision: null });
	});

	it.each([["model.safetensors"], ["config.json"], ["config.json", "model.safetensors"]])(
		"says that a folder lacks %s",
		async (...without) => {
			const path = await copyCheckpoint(join(folder, "half"), without);
			const error = await expectError(resolveModel(path, { cwd: folder }), "MODEL_FILE_MISSING");
			expect(error.message).toContain(`${path}: the folder lacks ${without.join(" and ")}.`);
		},
	);

	it("takes a folder whose weights are in several files", async () => {
		const path = await copyCheckpoint(join(folder, "shards"), ["model.safetensors"]);
		await writeFile(join(path, "model.safetensors.index.json"), "{}");
		expect(await resolveModel(path, { cwd: folder })).toMatchObject({ folder: path });
	});

	it.each(["", "./absent", "Tiny"])("lists what is allowed for %j", async (name) => {
		const error = await expectError(resolveModel(name, { cwd: folder }), "MODEL_UNKNOWN");
		expect(error.message).toContain(`Unknown model "${name}".`);
		expect(error.message).toContain('Allowed are "tiny", "dinov2-small"');
		expect(error.message).toContain("config.json and model.safetensors");
	});

	it.each(["dinov2-large", "facebook/dinov2-base"])(
		"looks for %j in the cache when the network is off",
		async (name) => {
			const env = { HF_HUB_OFFLINE: "1", HF_HOME: join(folder, "empty") };
			await expectError(resolveModel(name, { cwd: folder, env }), "MODEL_NOT_CACHED");
		},
	);
});

describe("loadCheckpoint", () => {
	it("reads the description and the position table", async () => {
		const checkpoint = await loadCheckpoint(CHECKPOINT);
		expect(checkpoint.config).toMatchObject({ hiddenSize: 64, layers: 4, heads: 2, patchSize: 14, imageSize: 518 });
		const table = loadTensors("reference/backbone/mlp/model.safetensors").get("embeddings.position_embeddings");
		expect(checkpoint.tables).toEqual([table?.data.slice(64)]);
		expect(new Set([...checkpoint.tensors.values()].map(({ file }) => file))).toEqual(new Set(["model.safetensors"]));
	});

	it("takes ImageNet's statistics where preprocessor_config.json is absent", async () => {
		const path = await copyCheckpoint(folder, ["preprocessor_config.json"]);
		expect((await loadCheckpoint(path)).preprocessor).toEqual(DEFAULT_PREPROCESSOR);
	});

	it("runs a Hugging Face snapshot, which is a folder of links", async () => {
		const blobs = join(folder, "models--facebook--dinov2", "blobs");
		const snapshot = join(folder, "models--facebook--dinov2", "snapshots", "0123abcd");
		await mkdir(blobs, { recursive: true });
		await mkdir(snapshot, { recursive: true });
		for (const [index, name] of CHECKPOINT_FILES.entries()) {
			await copyFile(join(CHECKPOINT, name), join(blobs, `blob${index}`));
			await symlink(join("..", "..", "blobs", `blob${index}`), join(snapshot, name));
		}
		const linked = join(folder, "my-model");
		await symlink(snapshot, linked);

		const resolved = await resolveModel(linked, { cwd: folder });
		const checkpoint = await loadCheckpoint(resolved.folder);
		expect(basename(checkpoint.folder)).toBe("blobs");
		expect([...checkpoint.tensors.values()][0].file).toBe("blob2");
		expect(checkpoint.digest).toBe((await loadCheckpoint(CHECKPOINT)).digest);

		const { tokens } = await runNetwork(checkpoint, PICTURES);
		expect(largestDifference(tokens.data, OFFICIAL)).toBeLessThanOrEqual(1e-4);
	});

	it.each([["config.json"], ["model.safetensors"]])("says that %s is missing", async (name) => {
		const path = await copyCheckpoint(folder, [name]);
		const error = await expectError(loadCheckpoint(path), "MODEL_FILE_MISSING");
		expect(error.message).toContain(join(path, name));
		expect(error.message).toContain("Weights with the names of the original code need a config.json too");
	});

	it("names the file that is wrong", async () => {
		const path = await copyCheckpoint(folder);
		const weights = join(path, "model.safetensors");
		const whole = await readFile(weights);
		for (const part of [whole.subarray(0, 0), whole.subarray(0, 5), whole.subarray(0, 500), whole.subarray(0, -1)]) {
			await writeFile(weights, part);
			expect((await expectError(loadCheckpoint(path), "SAFETENSORS_INVALID")).message).toContain(weights);
		}
		await writeFile(join(path, "config.json"), "{");
		const error = await expectError(loadCheckpoint(path), "MODEL_CONFIG_INVALID");
		expect(error.message).toContain(join(path, "config.json"));
		await writeFile(join(path, "config.json"), " ".repeat(2 ** 20 + 1));
		await expectError(loadCheckpoint(path), "MODEL_CONFIG_INVALID");
	});
});

/** A reference checkpoint's tensors, some changed. */
async function writeWeights(path: string, tensors: ReadonlyMap<string, FixtureTensor>): Promise<void> {
	await writeSafetensors(path, specs(tensors));
}

function specs(tensors: ReadonlyMap<string, FixtureTensor>): TensorSpec[] {
	return [...tensors].map(([name, { shape, data }]) => ({
		name,
		dtype: "F32",
		shape,
		fill: (target, start) => target.set(data.subarray(start, start + target.length)),
	}));
}

/** What the original code calls a tensor of transformers; query, key and value are one there. */
function originalName(name: string, block: (layer: number) => string): string {
	const [, layer, rest] = /^encoder\.layer\.(\d+)\.(.*)$/.exec(name) ?? [];
	if (layer === undefined) {
		return name
			.replace("embeddings.patch_embeddings.projection", "patch_embed.proj")
			.replace("embeddings.position_embeddings", "pos_embed")
			.replace("embeddings.", "")
			.replace("layernorm", "norm");
	}
	const inside = rest
		.replace(/^attention\.attention\.(query|key|value)/, "attn.qkv")
		.replace("attention.output.dense", "attn.proj")
		.replace(/^layer_scale(.)\.lambda1/, "ls$1.gamma")
		.replace("weights_in", "w12")
		.replace("weights_out", "w3");
	return `${block(Number(layer))}.${inside}`;
}

function stack(first: FixtureTensor | undefined, next: FixtureTensor): FixtureTensor {
	if (first === undefined) {
		return next;
	}
	const [rows, ...others] = first.shape;
	return { shape: [rows + next.shape[0], ...others], data: Float32Array.of(...first.data, ...next.data) };
}

describe("checkpoints with other names", () => {
	it.each<[string, string, string, (layer: number) => string]>([
		["mlp", "those of the original code", "", (layer) => `blocks.${layer}`],
		["swiglu", "those of the original code in chunks", "", (layer) => `blocks.${layer >> 1}.${layer}`],
		["reg", "those of the original code behind a prefix", "teacher.backbone.", (layer) => `blocks.0.${layer}`],
	])("give the same tokens: %s with %s", async (model, _, prefix, block) => {
		const reference = readCheckpoint(fixturePath(`reference/backbone/${model}`));
		const renamed = new Map<string, FixtureTensor>();
		const tensors = loadTensors(`reference/backbone/${model}/model.safetensors`);
		const order = ["query", "key", "value"];
		const rank = (name: string) => order.findIndex((part) => name.includes(`.${part}.`));
		for (const [name, tensor] of [...tensors].sort(([a], [b]) => rank(a) - rank(b))) {
			const original = prefix + originalName(name, block);
			renamed.set(original, stack(renamed.get(original), tensor));
		}
		expect([...renamed.keys()].filter((name) => name.includes("qkv"))).toHaveLength(8);
		await copyFile(join(reference.folder, "config.json"), join(folder, "config.json"));
		await writeWeights(join(folder, "model.safetensors"), renamed);
		const checkpoint = await loadCheckpoint(folder);
		expect(checkpoint.tables).toEqual(reference.tables);
		expect(await runNetwork(checkpoint, PICTURES)).toEqual(await runNetwork(reference, PICTURES));
	});

	it("give the same tokens: reg inside a classifier", async () => {
		const reference = readCheckpoint(fixturePath("reference/backbone/reg"));
		const tensors = [...loadTensors("reference/backbone/reg/model.safetensors")];
		const inside = new Map(tensors.map(([name, tensor]) => [`dinov2_with_registers.${name}`, tensor]));
		const head = { shape: [2, 3], data: new Float32Array(6) };
		await copyFile(join(reference.folder, "config.json"), join(folder, "config.json"));
		await writeWeights(join(folder, "model.safetensors"), new Map([...inside, ["classifier.weight", head]]));
		expect(await runNetwork(await loadCheckpoint(folder), PICTURES)).toEqual(await runNetwork(reference, PICTURES));
	});
});

describe("checkpoints in several files", () => {
	const INDEX = "model.safetensors.index.json";

	async function writeShards(): Promise<readonly string[]> {
		await copyCheckpoint(folder, ["model.safetensors"]);
		return writeShardedSafetensors(folder, specs(loadTensors("reference/backbone/mlp/model.safetensors")), 200_000);
	}

	it("give the tokens of the same weights in one", async () => {
		const names = await writeShards();
		expect(names.length).toBeGreaterThan(3);
		const checkpoint = await loadCheckpoint((await resolveModel(folder)).folder);
		expect(new Set([...checkpoint.tensors.values()].map(({ file }) => file))).toEqual(new Set(names));
		expect(await runNetwork(checkpoint, PICTURES)).toEqual(await runNetwork(readCheckpoint(CHECKPOINT), PICTURES));
	});

	it("run where links lead into several folders", async () => {
		const names = await writeShards();
		const snapshot = join(folder, "snapshots", "0123abcd");
		await mkdir(snapshot, { recursive: true });
		for (const place of ["one", join("two", "three")]) {
			await mkdir(join(folder, "blobs", place), { recursive: true });
		}
		for (const [index, name] of names.entries()) {
			const blob = join(folder, "blobs", index === 0 ? "one" : join("two", "three"), `blob${index}`);
			await rename(join(folder, name), blob);
			await symlink(blob, join(snapshot, name));
		}
		for (const name of ["config.json", INDEX]) {
			await symlink(join(folder, name), join(snapshot, name));
		}
		const checkpoint = await loadCheckpoint(snapshot);
		expect(checkpoint.folder).toBe(join(await realpath(folder), "blobs"));
		expect(new Set([...checkpoint.tensors.values()].map(({ file }) => file))).toEqual(
			new Set(names.map((_, index) => `${index === 0 ? "one" : "two/three"}/blob${index}`)),
		);
		const { tokens } = await runNetwork(checkpoint, PICTURES);
		expect(largestDifference(tokens.data, OFFICIAL)).toBeLessThanOrEqual(1e-4);
	});

	it("have a digest that every one of them changes", async () => {
		const names = await writeShards();
		const { digest } = await loadCheckpoint(folder);
		expect((await loadCheckpoint(folder)).digest).toBe(digest);
		for (const name of [names[1], INDEX]) {
			const bytes = await readFile(join(folder, name));
			const changed = name === INDEX ? Buffer.concat([bytes, Buffer.from(" ")]) : Buffer.from(bytes);
			changed[changed.length - 1] ^= name === INDEX ? 0 : 1;
			await writeFile(join(folder, name), changed);
			expect((await loadCheckpoint(folder)).digest).not.toBe(digest);
			await writeFile(join(folder, name), bytes);
		}
	});

	it("must all be there and hold what the index says", async () => {
		const names = await writeShards();
		const text = await readFile(join(folder, INDEX), "utf8");
		const whole = await readFile(join(folder, names[2]));
		await writeFile(join(folder, INDEX), text.replaceAll(names[0], "model-9.safetensors"));
		const absent = await expectError(loadCheckpoint(folder), "MODEL_FILE_MISSING");
		expect(absent.message).toContain(`${join(folder, "model-9.safetensors")}: no such file, though`);

		await writeFile(join(folder, INDEX), text.replaceAll(names[0], names[1]));
		const elsewhere = await expectError(loadCheckpoint(folder), "MODEL_TENSOR_INVALID");
		expect(elsewhere.message).toContain(`is not in ${names[1]}, where the index says`);

		await writeFile(join(folder, INDEX), text.replaceAll(names[0], `../${names[0]}`));
		const outside = await expectError(loadCheckpoint(folder), "MODEL_CONFIG_INVALID");
		expect(outside.message).toContain("must be a .safetensors file beside the index");

		await writeFile(join(folder, INDEX), text);
		await writeFile(join(folder, names[2]), whole.subarray(0, -1));
		const damaged = await expectError(loadCheckpoint(folder), "SAFETENSORS_INVALID");
		expect(damaged.message).toContain(join(folder, names[2]));
		await rm(join(folder, names[2]));
		await mkdir(join(folder, names[2]));
		await expectError(loadCheckpoint(folder), "MODEL_FILE_MISSING");
	});
});

describe("a checkpoint of more than 4 GB", () => {
	it("gives the tokens of the same weights in a small file", async () => {
		await copyCheckpoint(folder);
		const path = join(folder, "model.safetensors");
		const small = await readFile(path);
		const start = 8 + Number(small.readBigUInt64LE(0));
		const before = 2 ** 32 + 12_345;
		const header: Record<string, object> = { hole: { dtype: "U8", shape: [before], data_offsets: [0, before] } };
		const fields = JSON.parse(small.toString("utf8", 8, start)) as Record<string, { data_offsets: number[] }>;
		for (const [name, entry] of Object.entries(fields).filter(([key]) => key !== "__metadata__")) {
			header[name] = { ...entry, data_offsets: entry.data_offsets.map((at) => at + before) };
		}
		const json = Buffer.from(JSON.stringify(header));
		const prefix = Buffer.alloc(8);
		prefix.writeBigUInt64LE(BigInt(json.length));
		await writeFile(path, Buffer.concat([prefix, json]));
		// The hole takes no room on the disk.
		const file = await open(path, "r+");
		await file.write(small, start, small.length - start, 8 + json.length + before);
		const { size, mtimeNs } = await file.stat({ bigint: true });
		await file.close();
		expect(size).toBeGreaterThan(2n ** 32n);

		// A remembered digest spares the reading of gigabytes of nothing.
		const remembered = { bytes: `${size}`, modifiedNs: `${mtimeNs}`, sha256: "0".repeat(64) };
		const store = JSON.stringify({ [await realpath(path)]: remembered });
		await writeFile(join(folder, "model-digests.json"), store);
		const checkpoint = await loadCheckpoint(folder, { cacheFolder: folder });
		expect(Math.min(...[...checkpoint.tensors.values()].map(({ offset }) => offset))).toBeGreaterThan(2 ** 32);
		expect(await runNetwork(checkpoint, PICTURES)).toEqual(await runNetwork(readCheckpoint(CHECKPOINT), PICTURES));
	});
});
