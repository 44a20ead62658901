import { lstat, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeLabelPng, parseSegments } from "@dinoseg/core/labels";
import { adjustedRandIndex } from "@dinoseg/core/metrics";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubServer, type ServedRepo, startHubServer } from "../../../fixtures/hub-server.ts";
import { CHECKPOINT_SIZES, writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { writeRandomDinov3 } from "../../../fixtures/random-dinov3.ts";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

const REPO = "facebook/dinov2-small";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const cat = examplePath("cat.jpg");

const servers: HubServer[] = [];
afterEach(async () => {
	await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** The files of a small checkpoint of random weights. */
let checkpoint: Record<string, Buffer> = {};
beforeAll(async () => {
	checkpoint = await filesOf((folder) =>
		writeRandomCheckpoint(folder, { ...CHECKPOINT_SIZES.small, hiddenSize: 96, heads: 3, layers: 3, dtype: "F16" }),
	);
});

/** A hub with that checkpoint. */
async function serve(): Promise<HubServer> {
	const repo: ServedRepo = { commit: COMMIT, licence: "apache-2.0", files: checkpoint };
	const server = await startHubServer({ [REPO]: repo });
	servers.push(server);
	return server;
}

/** Run the program against a hub, with a cache of its own. */
function runner(sandbox: Sandbox, server: HubServer) {
	return (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
		sandbox.dinosegWith(
			{
				HF_ENDPOINT: server.url,
				HF_HOME: sandbox.path("hf"),
				HF_HUB_OFFLINE: undefined,
				HTTPS_PROXY: undefined,
				HTTP_PROXY: undefined,
				...environment,
			},
			...args,
		);
}

describe("a model by name", () => {
	it("goes from its name to a label map, and again without a network", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const server = await serve();
		const run = runner(sandbox, server);
		const segment = ["segment", cat, "-m", "dinov2-small", "--input-size", "112"];

		const first = await run([...segment, "-o", "first"]);
		expect(first.code, first.stderr).toBe(0);
		expect(first.stderr).toContain(`Downloading ${REPO} (revision ${COMMIT.slice(0, 12)})`);
		expect(first.stderr).toMatch(/model\.safetensors {2}[\d.]+ MB verified/);
		const document = parseSegments(await readFile(sandbox.path("first/cat/segments.json"), "utf8"));
		expect(document.model).toMatchObject({ name: "dinov2-small", revision: COMMIT });

		const before = server.requests.length;
		const second = await run([...segment, "-o", "second", "--no-cache"], { HF_HUB_OFFLINE: "1" });
		expect(second.code, second.stderr).toBe(0);
		expect(server.requests).toHaveLength(before);
		expect(await readFile(sandbox.path("second/cat/labels.png"))).toEqual(
			await readFile(sandbox.path("first/cat/labels.png")),
		);

		const snapshot = sandbox.path("hf/hub/models--facebook--dinov2-small/snapshots", COMMIT);
		expect((await lstat(join(snapshot, "model.safetensors"))).isSymbolicLink()).toBe(true);
		const third = await run(["segment", cat, "-m", snapshot, "--input-size", "112", "-o", "third", "--quiet"]);
		expect(third.code, third.stderr).toBe(0);
		expect(await readFile(sandbox.path("third/cat/labels.png"))).toEqual(
			await readFile(sandbox.path("first/cat/labels.png")),
		);
	});

	it("is pulled, listed, described, checked and removed", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const run = runner(sandbox, await serve());
		expect((await run(["model", "list"])).stdout).toMatch(/^dinov2-small +not downloaded/m);

		const before = await run(["model", "info", "dinov2-small"]);
		expect(before.stdout).toMatch(/^licence +apache-2\.0$/m);
		expect(before.stdout).toMatch(/^where +not in the cache$/m);

		const pulled = await run(["model", "pull", "dinov2-small", "--json"]);
		expect(pulled.code, pulled.stderr).toBe(0);
		expect(JSON.parse(pulled.stdout)).toMatchObject({ repo: REPO, revision: COMMIT });
		expect((await run(["model", "list"])).stdout).toMatch(/^dinov2-small +in the cache, [\d.]+ MB/m);
		const info = await run(["model", "info", "dinov2-small"]);
		expect(info.stdout).toMatch(/^architecture +3 layers, 96 wide, 3 heads, patch 14$/m);
		expect(info.stdout).toMatch(/^weights +F16: 0\.\d million parameters/m);
		expect(info.stdout).toMatch(/^memory +about [\d.]+ MB in fp32, [\d.]+ MB in int8/m);

		expect(info.stdout).toMatch(/^time +roughly \d+\.\d s a picture in fp32 here/m);

		expect((await run(["model", "verify"])).code).toBe(0);
		const blobs = sandbox.path("hf/hub/models--facebook--dinov2-small/blobs");
		const largest = (await readdir(blobs)).find((name) => name.length === 64) as string;
		const bytes = await readFile(join(blobs, largest));
		bytes[bytes.length - 1] ^= 1;
		await writeFile(join(blobs, largest), bytes);
		const damaged = await run(["model", "verify", "dinov2-small"]);
		expect(damaged.code).toBe(1);
		expect(damaged.stdout).toMatch(/^damaged +facebook\/dinov2-small +model\.safetensors/m);

		expect((await run(["model", "remove", "dinov2-small"])).stderr).toMatch(
			/^Removed facebook\/dinov2-small: 1 revision/m,
		);
		expect((await run(["model", "list"])).stdout).toMatch(/^dinov2-small +not downloaded/m);
	});

	it.each([
		["a name that is none", ["dinov2-smal"], {}, 2, /dinov2-small/],
		["a repository that is not there", ["facebook/dinov2-smalll"], {}, 1, /facebook\/dinov2-small/],
		["a revision that is not there", ["dinov2-small@v9"], {}, 1, /v9/],
		["no network and nothing in the cache", ["dinov2-small"], { HF_HUB_OFFLINE: "1" }, 1, /HF_HUB_OFFLINE/],
	])("%s is an error that says what to do", async (_name, [name], env, code, message) => {
		await using sandbox = await createSandbox({ ownCache: true });
		const server = await startHubServer({ [REPO]: { commit: COMMIT, files: { "config.json": Buffer.from("{}") } } });
		servers.push(server);
		for (const command of [
			["model", "pull", name],
			["segment", cat, "-m", name],
		]) {
			const result = await runner(sandbox, server)(command, env);
			expect(result.stderr).toMatch(message);
			expect(result.code).toBe(code);
			expect(result.stderr).not.toMatch(/^ {4}at /m);
		}
	});
});

/** The files of a checkpoint, made by `write` in a folder. */
async function filesOf(write: (folder: string) => Promise<void>): Promise<Record<string, Buffer>> {
	await using sandbox = await createSandbox({ ownCache: true });
	await write(sandbox.folder);
	const names = await readdir(sandbox.folder);
	return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(sandbox.path(name))])));
}

describe("a DINOv3", () => {
	const OPEN = "timm/vit_small_patch16_dinov3.lvd1689m";
	const GATED = "facebook/dinov3-vits16-pretrain-lvd1689m";
	const sizes = { hiddenSize: 48, layers: 2, heads: 3, mlp: "gelu", biases: false } as const;

	async function serveBoth(): Promise<HubServer> {
		const layouts = [
			[OPEN, "timm"],
			[GATED, "transformers"],
		] as const;
		const repos = layouts.map(async ([name, layout]): Promise<[string, ServedRepo]> => {
			const files = await filesOf((folder) => writeRandomDinov3(folder, { ...sizes, layout }));
			return [name, { commit: COMMIT, licence: "dinov3-license", files }];
		});
		const server = await startHubServer(Object.fromEntries(await Promise.all(repos)));
		servers.push(server);
		return server;
	}

	it("is pulled by name in both layouts, tells its licence, and works without a network", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const run = runner(sandbox, await serveBoth());
		const segment = (model: string, out: string) => ["segment", cat, "-m", model, "--input-size", "128", "-o", out];
		const labels = async (out: string) => decodeLabelPng(await readFile(sandbox.path(out, "cat/labels.png"))).data;

		const first = await run(segment("dinov3-small", "first"));
		expect(first.code, first.stderr).toBe(0);
		expect(first.stderr).toMatch(
			/Downloading timm\/vit_small_patch16_dinov3\.lvd1689m .*\n.*under the licence dinov3-license, see https:\/\/ai\.meta\.com/,
		);
		const offline = await run([...segment("dinov3-small", "second"), "--no-cache"], { HF_HUB_OFFLINE: "1" });
		expect(offline.code, offline.stderr).toBe(0);
		expect(await labels("second")).toEqual(await labels("first"));

		const other = await run(segment(GATED, "third"));
		expect(other.code, other.stderr).toBe(0);
		expect(other.stderr).toContain("under the licence dinov3-license");
		expect(adjustedRandIndex(await labels("third"), await labels("first"))).toBeGreaterThan(0.99);

		const info = await run(["model", "info", "dinov3-small"], { HF_HUB_OFFLINE: "1" });
		expect(info.stdout).toMatch(/^architecture +2 layers, 48 wide, 3 heads, patch 16, 4 registers$/m);
		expect(info.stdout).toMatch(/^licence +dinov3-license, see https:\/\/ai\.meta\.com/m);
		const list = (await run(["model", "list"])).stdout;
		expect(list).toMatch(
			/^dinov3-small +in the cache, .* \(timm\/vit_small_patch16_dinov3\.lvd1689m, dinov3-license\)$/m,
		);
		expect(list).toMatch(/^dinov3-huge-plus +not downloaded/m);
		expect(list).toMatch(/^dinov2-giant +not downloaded/m);
	});

	it("has no position table to fit", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const folder = sandbox.path("model");
		await writeRandomDinov3(folder, sizes);
		const result = await sandbox.dinoseg("segment", cat, "-m", folder, "--position-grid", "hf");
		expect(result.code).toBe(2);
		expect(result.stderr).toContain('--position-grid does not apply to DINOv3, which has no position table; got "hf"');
	});

	it.each([
		["facebook/dinov3-vit7b16-pretrain-lvd1689m", /27 GB/],
		["timm/convnext_tiny.dinov3_lvd1689m", /no patch tokens/],
	])("is not %s", async (name, why) => {
		await using sandbox = await createSandbox({ ownCache: true });
		const result = await sandbox.dinoseg("model", "pull", name);
		expect(result.code).toBe(2);
		expect(result.stderr).toMatch(why);
	});
});

describe("any DINOv2 of the hub", () => {
	it("runs with its own patch size, mean and deviation", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const files = await filesOf((folder) =>
			writeRandomCheckpoint(folder, { hiddenSize: 32, layers: 1, heads: 2, mlp: "gelu", patchSize: 8, imageSize: 64 }),
		);
		const own = { image_mean: [0.43, 0.411, 0.296], image_std: [0.213, 0.156, 0.143], do_resize: true, size: 448 };
		const server = await startHubServer({
			"some_lab/chest-xrays": { commit: COMMIT, files },
			"some_lab/satellites": {
				commit: COMMIT,
				files: { ...files, "preprocessor_config.json": Buffer.from(JSON.stringify(own)) },
			},
		});
		servers.push(server);
		const run = runner(sandbox, server);
		const tokens: Buffer[] = [];
		for (const name of ["chest-xrays", "satellites"]) {
			const args = ["features", cat, "-m", `some_lab/${name}`, "--input-size", "64x48", "-o", `${name}.npy`];
			const result = await run([...args, "--quiet"]);
			expect(result.code, result.stderr).toBe(0);
			tokens.push(await readFile(sandbox.path(`${name}.npy`)));
			expect(tokens.at(-1)?.toString("latin1")).toContain("(6, 8, 32)");
		}
		expect(tokens[1]).not.toEqual(tokens[0]);
	});
});

describe("dinoseg model", () => {
	it.each([[["model"]], [["model", "pul", "x"]], [["model", "pull"]]])("%j is wrong usage", async (args) => {
		await using sandbox = await createSandbox({ ownCache: true });
		const result = await sandbox.dinoseg(...args);
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("dinoseg model");
	});
});
