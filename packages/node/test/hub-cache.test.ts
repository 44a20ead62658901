import { execFileSync } from "node:child_process";
import { link, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getHFHubCachePath, scanCacheDir } from "@huggingface/hub";
import { describe, expect, it } from "vitest";
import { blobName } from "../../../fixtures/hub-server.ts";
import { loadJson } from "../../../fixtures/load.ts";
import { writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import {
	findCachedModel,
	hubCacheFolder,
	listCachedModels,
	modelInfo,
	type PullOptions,
	pullModel,
	removeModel,
	verifyModel,
} from "../dist/hub/index.js";
import { loadCheckpoint } from "../dist/model/index.js";
import { expectError } from "./support/expect-error.ts";
import { COMMIT, CONFIG, listTree, noise, noiseRepo, REPO, useHubServers } from "./support/hub-models.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const NEXT_COMMIT = "f".repeat(40);

const start = useHubServers();
const root = useTemporaryFolder();
let caches = 0;

/** Options for a cache of its own, filled from a server. */
async function serving(bytes: number, changes: Parameters<typeof noiseRepo>[1] = {}) {
	const server = await start({ [REPO]: noiseRepo(bytes, changes) });
	const options: PullOptions = {
		cacheFolder: join(root.path, `cache-${caches++}`),
		home: root.path,
		env: { HF_ENDPOINT: server.url },
	};
	return { server, options, cacheFolder: options.cacheFolder as string };
}

const offline = (options: PullOptions): PullOptions => ({ ...options, env: { ...options.env, HF_HUB_OFFLINE: "1" } });

describe("the cache", () => {
	it("is the tree that huggingface_hub writes", async () => {
		const { options, cacheFolder } = await serving(3_000_000);
		await pullModel("dinov2-small", options);
		// Its locks are always empty and only its own; its list of all files of the commit only spares it a request.
		const expected = loadJson<string[]>("hub-cache/tree.json").filter((line) => !/^\.locks\/|\/trees\//.test(line));
		expect(await listTree(cacheFolder)).toEqual(expected);
	});

	it("is read by @huggingface/hub, which finds it in the same place", async () => {
		const { options, cacheFolder } = await serving(1000);
		const model = await pullModel("dinov2-small", options);
		const { repos, warnings } = await scanCacheDir(cacheFolder);
		expect(warnings).toEqual([]);
		expect(repos.map(({ id, size }) => ({ id, size }))).toEqual([
			{ id: { name: REPO, type: "model" }, size: model.bytes },
		]);
		expect(repos[0].revisions.map(({ commitOid, refs }) => ({ commitOid, refs }))).toEqual([
			{ commitOid: COMMIT, refs: ["main"] },
		]);
		expect(hubCacheFolder()).toBe(getHFHubCachePath());
	});

	it("is enough without a network, and asked first", async () => {
		const { server, options } = await serving(1000);
		const model = await pullModel("dinov2-small", options);
		server.requests.length = 0;
		expect(await pullModel("dinov2-small", offline(options))).toEqual(model);
		expect(await findCachedModel(`${REPO}@${COMMIT}`, options)).toEqual(model);
		expect(server.requests).toEqual([]);
	});

	it("finds a checkpoint that Python put there, but not one that lacks a file", async () => {
		const cacheFolder = join(root.path, `cache-${caches++}`);
		const folder = join(cacheFolder, "models--me--mine", "snapshots", COMMIT);
		await mkdir(join(cacheFolder, "models--me--mine", "refs", "refs", "pr"), { recursive: true });
		await mkdir(folder, { recursive: true });
		await writeFile(join(cacheFolder, "models--me--mine", "refs", "refs", "pr", "1"), COMMIT);
		await writeFile(join(folder, "config.json"), CONFIG);
		expect(await findCachedModel("me/mine@refs/pr/1", { cacheFolder })).toBeUndefined();
		await symlink("../../blobs/gone", join(folder, "model.safetensors"));
		expect(await findCachedModel("me/mine@refs/pr/1", { cacheFolder })).toBeUndefined();
		await rm(join(folder, "model.safetensors"));
		await writeFile(join(folder, "model.safetensors"), "x");
		expect(await findCachedModel("me/mine@refs/pr/1", { cacheFolder })).toMatchObject({
			repo: "me/mine",
			refs: ["refs/pr/1"],
			folder,
		});
		expect(await findCachedModel("me/mine", { cacheFolder })).toBeUndefined();
	});

	it("gets hard links or copies where the system makes no links", async () => {
		const refuse = async () => {
			throw Object.assign(new Error("EPERM"), { code: "EPERM" });
		};
		for (const links of [
			{ symlink: refuse, link },
			{ symlink: refuse, link: refuse },
		]) {
			const { server, options, cacheFolder } = await serving(1000);
			const model = await pullModel("dinov2-small", { ...options, links });
			expect((await listTree(cacheFolder)).some((line) => line.includes("->"))).toBe(false);
			expect((await verifyModel(REPO, options)).map((file) => file.status)).toEqual(["ok", "ok", "ok"]);
			server.requests.length = 0;
			await pullModel("dinov2-small", { ...options, links });
			expect(server.requests.filter(({ file }) => file !== undefined)).toEqual([]);
			await writeFile(join(model.folder, "model.safetensors"), noise(1000, 2));
			expect((await verifyModel(REPO, options)).at(-1)?.status).toBe("damaged");
		}
	});

	it("takes a new commit of a branch and keeps what did not change", async () => {
		const { server, options } = await serving(1000);
		await pullModel("dinov2-small", options);
		const files = { ...noiseRepo(1000).files, "model.safetensors": noise(2000, 2) };
		server.repos.set(REPO, noiseRepo(1, { commit: NEXT_COMMIT, files }));
		server.requests.length = 0;
		expect((await pullModel("dinov2-small", options)).revision).toBe(NEXT_COMMIT);
		expect(server.requests.filter(({ host }) => host === "hub").map(({ file }) => file)).toEqual([
			undefined,
			undefined,
			"model.safetensors",
		]);
		const models = await listCachedModels(options);
		expect(models.map(({ revision, refs, name }) => ({ revision, refs, name }))).toEqual([
			{ revision: COMMIT, refs: [], name: "dinov2-small" },
			{ revision: NEXT_COMMIT, refs: ["main"], name: "dinov2-small" },
		]);
	});

	it.skipIf(process.platform === "win32")("does not wait for a writer of a pipe, but asks the hub", async () => {
		const { options, cacheFolder } = await serving(1000);
		await pullModel("dinov2-small", options);
		const folder = join(cacheFolder, "models--facebook--dinov2-small");
		const pipe = async (path: string) => {
			await rm(path);
			execFileSync("mkfifo", [path]);
		};
		await pipe(join(folder, "refs", "main"));
		expect(await findCachedModel("dinov2-small", options)).toBeUndefined();
		expect((await listCachedModels(options)).map(({ refs }) => refs)).toEqual([[]]);
		await pipe(join(folder, "snapshots", COMMIT, "config.json"));
		expect(await listCachedModels(options)).toEqual([]);
		expect((await pullModel("dinov2-small", options)).refs).toEqual(["main"]);
		expect((await findCachedModel("dinov2-small", offline(options)))?.revision).toBe(COMMIT);
	});

	it("does not read a branch that is no commit", async () => {
		const { options, cacheFolder } = await serving(1000);
		await pullModel("dinov2-small", options);
		const ref = join(cacheFolder, "models--facebook--dinov2-small", "refs", "main");
		for (const text of ["", "main", `../snapshots/${COMMIT}`, `${COMMIT}${" ".repeat(2000)}`]) {
			await writeFile(ref, text);
			expect(await findCachedModel("dinov2-small", options)).toBeUndefined();
		}
		await rm(ref);
		await mkdir(ref);
		expect(await findCachedModel("dinov2-small", options)).toBeUndefined();
	});

	it("lists no other models and no other folders", async () => {
		const { options, cacheFolder } = await serving(1000);
		expect(await listCachedModels(options)).toEqual([]);
		await pullModel("dinov2-small", options);
		for (const other of ["models--openai--clip", "datasets--a--b", "version.txt"]) {
			const folder = join(cacheFolder, other, "snapshots", COMMIT);
			await mkdir(folder, { recursive: true });
			await writeFile(join(folder, "config.json"), '{"model_type":"clip"}');
			await writeFile(join(folder, "model.safetensors"), "x");
		}
		expect((await listCachedModels(options)).map(({ repo }) => repo)).toEqual([REPO]);
	});
});

describe("verifyModel", () => {
	it("names the file whose bytes changed", async () => {
		const { options, cacheFolder } = await serving(100_000);
		const model = await pullModel("dinov2-small", options);
		expect((await verifyModel(undefined, options)).every((file) => file.status === "ok")).toBe(true);
		const damaged = noise(100_000);
		damaged[50_000] ^= 1;
		await writeFile(model.files[2].path, damaged);
		expect((await verifyModel("dinov2-small", options)).map(({ name, status }) => `${name} ${status}`)).toEqual([
			"config.json ok",
			"preprocessor_config.json ok",
			"model.safetensors damaged",
		]);
		expect(await verifyModel("dinov2-base", { cacheFolder })).toEqual([]);
	});
});

describe("removeModel", () => {
	it("removes a revision and the blobs that nothing else needs", async () => {
		const { server, options, cacheFolder } = await serving(1000);
		await pullModel("dinov2-small", options);
		const files = { ...noiseRepo(1000).files, "model.safetensors": noise(2000, 2) };
		server.repos.set(REPO, noiseRepo(1, { commit: NEXT_COMMIT, files }));
		await pullModel("dinov2-small", options);
		expect(await removeModel(`dinov2-small@${COMMIT}`, options)).toEqual({
			repo: REPO,
			revisions: [COMMIT],
			freedBytes: 1000,
		});
		expect((await verifyModel(REPO, options)).map((file) => file.status)).toEqual(["ok", "ok", "ok"]);
		expect(await removeModel("dinov2-small", options)).toMatchObject({ revisions: [NEXT_COMMIT] });
		expect(await readdir(cacheFolder)).toEqual(["CACHEDIR.TAG"]);
		await expectError(removeModel("dinov2-small", options), "MODEL_NOT_CACHED");
	});

	it("keeps the parts of a download until the last revision goes", async () => {
		const { server, options, cacheFolder } = await serving(1000);
		await pullModel("dinov2-small", options);
		server.repos.set(REPO, noiseRepo(2000, { commit: NEXT_COMMIT }));
		await pullModel("dinov2-small", options);
		const blobs = join(cacheFolder, "models--facebook--dinov2-small", "blobs");
		const part = `${blobName(noise(9), true)}.dinoseg.free.1.incomplete`;
		await writeFile(join(blobs, part), noise(9));
		// Of the first revision only its weights are its own.
		expect(await removeModel(`dinov2-small@${COMMIT}`, options)).toMatchObject({ freedBytes: 1000 });
		expect(await readdir(blobs)).toContain(part);
		expect((await readFile(join(blobs, part))).equals(noise(9))).toBe(true);
		const { freedBytes } = await removeModel("dinov2-small", options);
		expect(freedBytes).toBeGreaterThanOrEqual(2009);
		expect(await readdir(cacheFolder)).toEqual(["CACHEDIR.TAG"]);
	});
});

describe("modelInfo", () => {
	it("tells of a model in the hub without its weights, and of one in the cache with them", async () => {
		const folder = join(root.path, "random");
		await writeRandomCheckpoint(folder, {
			hiddenSize: 32,
			layers: 2,
			heads: 2,
			mlp: "gelu",
			dtype: "F16",
			imageSize: 56,
		});
		const names = ["config.json", "preprocessor_config.json", "model.safetensors"];
		const files = Object.fromEntries(
			await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
		);
		const { server, options } = await serving(1, { files });
		const before = await modelInfo("dinov2-small", options);
		expect(before).toMatchObject({ revision: COMMIT, licence: "apache-2.0", weights: undefined, folder: undefined });
		expect(before.config).toMatchObject({ hiddenSize: 32, layers: 2 });
		expect(server.requests.some(({ host }) => host === "storage")).toBe(false);
		const model = await pullModel("dinov2-small", options);
		const after = await modelInfo("dinov2-small", options);
		expect(after).toMatchObject({ bytes: before.bytes, folder: model.folder, licence: "apache-2.0" });
		const [weights] = after.weights ?? [];
		expect(weights.dtype).toBe("F16");
		expect(weights.bytes).toBe(weights.parameters * 2);
		expect(await modelInfo("dinov2-small", offline(options))).toMatchObject({
			licence: "apache-2.0",
			folder: model.folder,
		});
		// The pulled checkpoint loads through the snapshot's links as the folder that it came from does.
		expect((await loadCheckpoint(model.folder)).digest).toBe((await loadCheckpoint(folder)).digest);
		await removeModel("dinov2-small", options);
		await expectError(modelInfo("dinov2-small", offline(options)), "MODEL_NOT_CACHED");
	});
});
