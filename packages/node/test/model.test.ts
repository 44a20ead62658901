import { copyFile, mkdir, mkdtemp, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { buildNetworkGraph, DEFAULT_PREPROCESSOR, interpolatePositions } from "@dinoseg/core";
import { beforeEach, describe, expect, it } from "vitest";
import { fixturePath, loadFloats, loadTensors } from "../../../fixtures/load.ts";
import { loadCheckpoint } from "../dist/model/load-checkpoint.js";
import { modelDigest } from "../dist/model/model-digest.js";
import { resolveModel } from "../dist/model/resolve-model.js";
import { createNetworkSession } from "../dist/session/network-session.js";
import { expectError } from "./support/expect-error.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const root = useTemporaryFolder();
let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(root.path, "model-"));
});

const FIXTURE = fixturePath("reference/backbone/mlp");
const FILES = ["config.json", "preprocessor_config.json", "model.safetensors"];

/** A checkpoint's folder of its own, without the files named. */
async function copyCheckpoint(target: string, without: readonly string[] = []): Promise<string> {
	await mkdir(target, { recursive: true });
	for (const name of FILES.filter((file) => !without.includes(file))) {
		await copyFile(join(FIXTURE, name), join(target, name));
	}
	return target;
}

describe("resolveModel", () => {
	it("finds the bundled model by its name", async () => {
		const model = await resolveModel("tiny", { cwd: folder });
		expect(model).toMatchObject({ name: "tiny", bundled: true });
		expect((await loadCheckpoint(model.folder)).config).toMatchObject({ hiddenSize: 192, layers: 8, patchSize: 14 });
	});

	it("takes a folder first, relative or absolute, also one called tiny", async () => {
		const own = await copyCheckpoint(join(folder, "tiny"));
		expect(await resolveModel("tiny", { cwd: folder })).toEqual({ name: "tiny", folder: own, bundled: false });
		expect(await resolveModel("./tiny", { cwd: folder })).toMatchObject({ folder: own });
		expect(await resolveModel(own, { cwd: "/" })).toMatchObject({ folder: own, bundled: false });
	});

	it("is not misled by a folder called tiny that holds no checkpoint", async () => {
		await mkdir(join(folder, "tiny"));
		expect(await resolveModel("tiny", { cwd: folder })).toMatchObject({ bundled: true });
	});

	it.each([["model.safetensors"], ["config.json"], ["config.json", "model.safetensors"]])(
		"says that a folder lacks %s",
		async (...without) => {
			const path = await copyCheckpoint(join(folder, "half"), without);
			const error = await expectError(resolveModel(path, { cwd: folder }), "MODEL_FILE_MISSING");
			expect(error.message).toContain(`${path}: the folder lacks ${without.join(" and ")}.`);
		},
	);

	it.each(["", "dinov2-large", "facebook/dinov2-base", "./absent", "Tiny"])(
		"lists what is allowed for %j",
		async (name) => {
			const error = await expectError(resolveModel(name, { cwd: folder }), "MODEL_UNKNOWN");
			expect(error.message).toContain(`Unknown model "${name}". Allowed are "tiny" (comes with dinoseg) and the path`);
			expect(error.message).toContain("config.json and model.safetensors");
		},
	);
});

describe("loadCheckpoint", () => {
	it("reads the description and the position table", async () => {
		const checkpoint = await loadCheckpoint(FIXTURE);
		expect(checkpoint.config).toMatchObject({ hiddenSize: 64, layers: 4, heads: 2, patchSize: 14, imageSize: 518 });
		const table = loadTensors("reference/backbone/mlp/model.safetensors").get("embeddings.position_embeddings");
		expect(checkpoint.positionTable).toEqual(table?.data.slice(64));
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
		for (const [index, name] of FILES.entries()) {
			await copyFile(join(FIXTURE, name), join(blobs, `blob${index}`));
			await symlink(join("..", "..", "blobs", `blob${index}`), join(snapshot, name));
		}
		const linked = join(folder, "my-model");
		await symlink(snapshot, linked);

		const resolved = await resolveModel(linked, { cwd: folder });
		const checkpoint = await loadCheckpoint(resolved.folder);
		expect(basename(checkpoint.folder)).toBe("blobs");
		expect([...checkpoint.tensors.values()][0].file).toBe("blob2");
		expect(checkpoint.digest).toBe((await loadCheckpoint(FIXTURE)).digest);

		const graph = buildNetworkGraph(checkpoint);
		const session = await createNetworkSession({ graph, folder: checkpoint.folder, threads: 1 });
		const tokens = await session.run({
			pixels: loadFloats("reference/backbone/inputs.safetensors", "norm.126x98"),
			shape: [2, 3, 126, 98],
			positions: interpolatePositions(checkpoint.positionTable, 37, 64, 9, 7, "official"),
		});
		await session.close();
		const expected = loadFloats("reference/backbone/mlp/outputs_126x98.safetensors", "x_norm_patchtokens");
		const difference = tokens.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
		expect(tokens).toHaveLength(expected.length);
		expect(difference).toBeLessThanOrEqual(1e-4);
	});

	it.each([["config.json"], ["model.safetensors"]])("says that %s is missing", async (name) => {
		const path = await copyCheckpoint(folder, [name]);
		const error = await expectError(loadCheckpoint(path), "MODEL_FILE_MISSING");
		expect(error.message).toContain(join(path, name));
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

describe("modelDigest", () => {
	const STORE = "model-digests.json";

	it("is that of the content, wherever it lies", async () => {
		const first = await loadCheckpoint(await copyCheckpoint(join(folder, "a")));
		const second = await loadCheckpoint(await copyCheckpoint(join(folder, "b")));
		expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
		expect(second.digest).toBe(first.digest);
	});

	it.each(FILES)("changes with %s", async (name) => {
		const before = await loadCheckpoint(await copyCheckpoint(join(folder, "a")));
		const path = await copyCheckpoint(join(folder, "b"));
		const bytes = await readFile(join(path, name));
		// The last byte of the weights; a space at the end of JSON.
		const changed = name.endsWith(".json") ? Buffer.concat([bytes, Buffer.from(" ")]) : Buffer.from(bytes);
		changed[changed.length - 1] ^= name.endsWith(".json") ? 0 : 1;
		await writeFile(join(path, name), changed);
		expect((await loadCheckpoint(path)).digest).not.toBe(before.digest);
	});

	it("does not depend on the order of the files, but on their names", async () => {
		await writeFile(join(folder, "x"), "x");
		await writeFile(join(folder, "y"), "y");
		const [x, y] = [join(folder, "x"), join(folder, "y")];
		const digest = await modelDigest(
			new Map([
				["one", x],
				["two", y],
			]),
		);
		expect(
			await modelDigest(
				new Map([
					["two", y],
					["one", x],
				]),
			),
		).toBe(digest);
		expect(
			await modelDigest(
				new Map([
					["one", y],
					["two", x],
				]),
			),
		).not.toBe(digest);
	});

	it("is remembered until size or time of the file change", async () => {
		const cacheFolder = join(folder, "cache");
		const path = join(folder, "weights");
		const files = new Map([["weights", path]]);
		await writeFile(path, "aaaa");
		await utimes(path, 1000, 1000);
		const first = await modelDigest(files, { cacheFolder });

		// The same size and time: the remembered digest stands, which proves that nothing was hashed.
		await writeFile(path, "bbbb");
		await utimes(path, 1000, 1000);
		expect(await modelDigest(files, { cacheFolder })).toBe(first);
		expect(await modelDigest(files)).not.toBe(first);

		await utimes(path, 2000, 2000);
		const second = await modelDigest(files, { cacheFolder });
		expect(second).toBe(await modelDigest(files));
		await writeFile(path, "ccccc");
		await utimes(path, 2000, 2000);
		expect(await modelDigest(files, { cacheFolder })).not.toBe(second);
	});

	it("does without a list that is damaged or cannot be written", async () => {
		const path = join(folder, "weights");
		await writeFile(path, "aaaa");
		const files = new Map([["weights", path]]);
		const digest = await modelDigest(files);
		for (const damaged of ["", "{", '{"/a":{"sha256":"short"}}', "[]"]) {
			await writeFile(join(folder, STORE), damaged);
			expect(await modelDigest(files, { cacheFolder: folder })).toBe(digest);
			expect(Object.keys(JSON.parse(await readFile(join(folder, STORE), "utf8")))).toHaveLength(1);
		}
		expect(await modelDigest(files, { cacheFolder: path })).toBe(digest);
	});
});
