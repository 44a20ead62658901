import { appendFile, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@dinoseg/core";
import type { HubEvent } from "@dinoseg/core/hub";
import { describe, expect, it } from "vitest";
import { blobName, type HubServer } from "../../../fixtures/hub-server.ts";
import { type CachedModel, type PullOptions, pullModel } from "../dist/hub/index.js";
import { expectError } from "./support/expect-error.ts";
import { listTree, noise, noiseRepo, REPO, useHubServers } from "./support/hub-models.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const WEIGHTS = "model.safetensors";
const MEGABYTE = 2 ** 20;
/** What may be lost on the way when a connection breaks: nothing of it reached us. */
const LAST_BLOCK = MEGABYTE;

const start = useHubServers();
const root = useTemporaryFolder();
let pulls = 0;

/** A pull into a cache of its own whose pauses take no time. */
function pulling(server: HubServer, options: PullOptions = {}) {
	const cacheFolder = options.cacheFolder ?? join(root.path, `cache-${pulls++}`);
	const events: HubEvent[] = [];
	const settings: PullOptions = {
		env: { HF_ENDPOINT: server.url },
		home: root.path,
		clock: {
			now: () => Date.now(),
			sleep: async () => undefined,
		},
		random: createRandom(1),
		onEvent: (event) => events.push(event),
		...options,
		cacheFolder,
	};
	return { cacheFolder, events, run: () => pullModel("dinov2-small", settings) };
}

const weightsOf = (model: CachedModel) => readFile(join(model.folder, WEIGHTS));
const blobsOf = (cacheFolder: string) => join(cacheFolder, "models--facebook--dinov2-small", "blobs");
const storageRequests = (server: HubServer) => server.requests.filter((request) => request.host === "storage");

/** Parts and other leftovers must be gone after a pull. */
async function expectClean(cacheFolder: string): Promise<void> {
	const names = await readdir(cacheFolder, { recursive: true });
	expect(names.filter((name) => /incomplete|tmp/.test(name))).toEqual([]);
}

/** All of them come before the end. The soak has more in a larger download. */
const CUTS = 8;

describe("a download", () => {
	it("of 20 MB survives 8 cuts and fetches no byte twice but for the last block", async () => {
		const server = await start({ [REPO]: noiseRepo(20_000_000) });
		const random = createRandom(7);
		const cuts: number[] = [];
		let from = 0;
		let refetched = 0;
		server.misbehave = (request) => {
			if (request.host !== "storage") {
				return undefined;
			}
			const before = storageRequests(server).at(-2);
			if (before !== undefined) {
				refetched += before.from + before.sent - request.from;
				expect(before.from + before.sent - request.from).toBeLessThanOrEqual(LAST_BLOCK);
				expect(request.from).toBeGreaterThanOrEqual(from);
			}
			from = request.from;
			if (cuts.length === CUTS) {
				return undefined;
			}
			const cutAfter = 1 + Math.floor(random.next() * 2_000_000);
			cuts.push(cutAfter);
			return { cutAfter };
		};
		const pull = pulling(server);
		const model = await pull.run();
		expect(cuts.length).toBe(CUTS);
		expect(storageRequests(server).length).toBe(CUTS + 1);
		expect(blobName(await weightsOf(model), true)).toBe(blobName(noise(20_000_000), true));
		expect(refetched).toBeLessThanOrEqual(CUTS * LAST_BLOCK);
		await expectClean(pull.cacheFolder);
		const bytes = pull.events.flatMap((event) => (event.type === "progress" ? [event.bytes] : []));
		expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
		expect(pull.events.findLast((event) => event.type === "progress")).toMatchObject({
			bytes: model.bytes,
			total: model.bytes,
		});
	});

	it("goes on after a restart from what is on disk", async () => {
		const server = await start({ [REPO]: noiseRepo(3 * MEGABYTE) });
		server.misbehave = ({ host }) => (host === "storage" ? { cutAfter: 2 * MEGABYTE } : undefined);
		const first = pulling(server, { maxRetries: 0 });
		await expectError(first.run(), "HUB_UNREACHABLE");
		expect((await listTree(first.cacheFolder)).join("\n")).not.toContain(`/${WEIGHTS}`);
		server.misbehave = () => undefined;
		server.requests.length = 0;
		const second = pulling(server, { cacheFolder: first.cacheFolder });
		const model = await second.run();
		const [request] = storageRequests(server);
		expect(request.from).toBeGreaterThanOrEqual(2 * MEGABYTE - LAST_BLOCK);
		expect(second.events).toContainEqual({
			type: "file-start",
			file: WEIGHTS,
			resumedFrom: request.from,
			total: 3 * MEGABYTE,
		});
		expect((await weightsOf(model)).equals(noise(3 * MEGABYTE))).toBe(true);
		expect(server.requests.filter(({ file }) => file === "config.json")).toEqual([]);
		await expectClean(first.cacheFolder);
	});

	/** A cache in which the weights stopped at some bytes, by the owner's name. */
	async function withPart(content: Buffer, part: Buffer, owner = "free"): Promise<string> {
		return withParts(content, { [`${owner}.12345678`]: part });
	}

	/** A cache with parts of the weights, by owner and nonce. */
	async function withParts(content: Buffer, parts: Readonly<Record<string, Buffer>>): Promise<string> {
		const cacheFolder = join(root.path, `cache-${pulls++}`);
		await mkdir(blobsOf(cacheFolder), { recursive: true });
		for (const [owner, part] of Object.entries(parts)) {
			await writeFile(join(blobsOf(cacheFolder), `${blobName(content, true)}.dinoseg.${owner}.incomplete`), part);
		}
		return cacheFolder;
	}

	it("asks for nothing if only the final name is missing", async () => {
		const server = await start({ [REPO]: noiseRepo(MEGABYTE) });
		const cacheFolder = await withPart(noise(MEGABYTE), noise(MEGABYTE));
		const model = await pulling(server, { cacheFolder }).run();
		expect(storageRequests(server)).toEqual([]);
		expect((await weightsOf(model)).equals(noise(MEGABYTE))).toBe(true);
	});

	it.each([
		["first", [700_000, 300_000, 500_000]],
		["in the middle", [300_000, 700_000, 500_000]],
		["last", [300_000, 500_000, 700_000]],
	])(
		"goes on with the longest of several abandoned parts, also if it is %s, and removes the others",
		async (_, sizes) => {
			const server = await start({ [REPO]: noiseRepo(MEGABYTE) });
			const parts = sizes.map((size, index) => [`free.0000000${index}`, noise(MEGABYTE).subarray(0, size)] as const);
			const cacheFolder = await withParts(noise(MEGABYTE), Object.fromEntries(parts));
			const pull = pulling(server, { cacheFolder });
			const model = await pull.run();
			expect(storageRequests(server).map(({ from }) => from)).toEqual([700_000]);
			expect(pull.events).toContainEqual({
				type: "file-start",
				file: WEIGHTS,
				resumedFrom: 700_000,
				total: MEGABYTE,
			});
			expect((await weightsOf(model)).equals(noise(MEGABYTE))).toBe(true);
			await expectClean(cacheFolder);
		},
	);

	it.each([
		["damaged", noise(500_000, 9)],
		["too long", noise(MEGABYTE + 1)],
		["whole but wrong", noise(MEGABYTE, 9)],
	])("starts again if what is on disk is %s", async (_, part) => {
		const server = await start({ [REPO]: noiseRepo(MEGABYTE) });
		const cacheFolder = await withPart(noise(MEGABYTE), part);
		const model = await pulling(server, { cacheFolder }).run();
		expect((await weightsOf(model)).equals(noise(MEGABYTE))).toBe(true);
		await expectClean(cacheFolder);
	});

	it("leaves a part of another machine alone until nobody has written to it for long", async () => {
		const server = await start({ [REPO]: noiseRepo(MEGABYTE) });
		const half = noise(MEGABYTE).subarray(0, MEGABYTE / 2);
		const cacheFolder = await withPart(noise(MEGABYTE), half, "0123456789ab-1-1");
		const [part] = await readdir(blobsOf(cacheFolder));
		let now = Date.now();
		const pull = pulling(server, {
			cacheFolder,
			clock: {
				now: () => now,
				sleep: async () => {
					now += 10_000;
				},
			},
		});
		const model = await pull.run();
		expect(pull.events).toContainEqual({ type: "waiting", file: WEIGHTS });
		expect(storageRequests(server)[0].from).toBe(MEGABYTE / 2);
		expect((await weightsOf(model)).equals(noise(MEGABYTE))).toBe(true);
		expect(part).toMatch(/incomplete$/);
		const old = await withPart(noise(MEGABYTE), half, "0123456789ab-1-1");
		await utimes(join(blobsOf(old), part), 1, 1);
		const again = pulling(server, { cacheFolder: old });
		await again.run();
		expect(again.events.filter((event) => event.type === "waiting")).toEqual([]);
	});

	it("starts over without mixing when the server ignores ranges", async () => {
		const server = await start({ [REPO]: noiseRepo(3 * MEGABYTE) });
		server.misbehave = ({ host }) =>
			host !== "storage"
				? undefined
				: { ignoreRange: true, ...(storageRequests(server).length <= 2 ? { cutAfter: MEGABYTE } : {}) };
		const model = await pulling(server).run();
		expect(storageRequests(server).length).toBe(3);
		expect((await weightsOf(model)).equals(noise(3 * MEGABYTE))).toBe(true);
	});

	it("starts over when the file changed on the server in between", async () => {
		const server = await start({ [REPO]: noiseRepo(3 * MEGABYTE) });
		server.misbehave = ({ host }) =>
			host === "storage" && storageRequests(server).length === 1
				? { content: noise(3 * MEGABYTE, 5), headers: { ETag: '"older"' }, cutAfter: MEGABYTE }
				: undefined;
		const model = await pulling(server).run();
		const [, second] = storageRequests(server);
		expect(second.headers["if-range"]).toBe('"older"');
		expect((await weightsOf(model)).equals(noise(3 * MEGABYTE))).toBe(true);
	});

	it("starts over after 416, and does not for ever", async () => {
		const server = await start({ [REPO]: noiseRepo(MEGABYTE) });
		const half = noise(MEGABYTE).subarray(0, MEGABYTE / 2);
		server.misbehave = ({ host, from }) => (host === "storage" && from > 0 ? { status: 416, body: "" } : undefined);
		const model = await pulling(server, { cacheFolder: await withPart(noise(MEGABYTE), half) }).run();
		expect((await weightsOf(model)).equals(noise(MEGABYTE))).toBe(true);
		server.misbehave = ({ host, from }) =>
			host !== "storage" ? undefined : from > 0 ? { status: 416, body: "" } : { cutAfter: MEGABYTE / 2 };
		await expectError(pulling(server).run(), "HUB_SIZE_MISMATCH");
	});

	it("starts over when a range begins elsewhere", async () => {
		const content = noise(MEGABYTE);
		const server = await start({ [REPO]: noiseRepo(MEGABYTE) });
		const whole = { "Content-Range": `bytes 0-${MEGABYTE - 1}/${MEGABYTE}` };
		server.misbehave = ({ host, from }) =>
			host === "storage" && from > 0 ? { status: 206, ignoreRange: true, headers: whole } : undefined;
		const part = content.subarray(0, MEGABYTE / 2);
		const model = await pulling(server, { cacheFolder: await withPart(content, part) }).run();
		expect(storageRequests(server).map(({ from }) => from)).toEqual([MEGABYTE / 2, 0]);
		expect((await weightsOf(model)).equals(content)).toBe(true);
	});

	it("gives up a silent connection and goes on", async () => {
		const server = await start({ [REPO]: noiseRepo(MEGABYTE) });
		server.misbehave = ({ host }) =>
			host === "storage" && storageRequests(server).length === 1 ? { stallAfter: MEGABYTE / 2 } : undefined;
		const pull = pulling(server, { stallTimeoutMs: 300 });
		expect((await weightsOf(await pull.run())).equals(noise(MEGABYTE))).toBe(true);
		const retry = pull.events.find((event) => event.type === "retry");
		expect(retry?.reason).toContain("sent nothing for 0.3 s");
	});

	it("ends at once when its signal fires, and the next one goes on", async () => {
		const server = await start({ [REPO]: noiseRepo(8 * MEGABYTE) });
		const controller = new AbortController();
		const first = pulling(server, {
			signal: controller.signal,
			onEvent: (event) => {
				if (event.type === "progress" && event.file === WEIGHTS && event.bytes > 2 * MEGABYTE) {
					controller.abort();
				}
			},
		});
		await expectError(first.run(), "ABORTED");
		const second = pulling(server, { cacheFolder: first.cacheFolder });
		await second.run();
		expect(storageRequests(server).at(-1)?.from).toBeGreaterThanOrEqual(2 * MEGABYTE - LAST_BLOCK);
		await expectClean(first.cacheFolder);
		await expectError(pulling(server, { signal: AbortSignal.abort() }).run(), "ABORTED");
	});

	it("is verified, and replaces a blob of the wrong size", async () => {
		const server = await start({ [REPO]: noiseRepo(MEGABYTE) });
		const pull = pulling(server);
		const model = await pull.run();
		await appendFile(join(blobsOf(pull.cacheFolder), blobName(noise(MEGABYTE), true)), "x");
		await pulling(server, { cacheFolder: pull.cacheFolder }).run();
		expect((await weightsOf(model)).equals(noise(MEGABYTE))).toBe(true);
	});

	it("of several files takes the index's parts and nothing else", async () => {
		const parts = {
			"model-00001-of-00002.safetensors": noise(1000, 1),
			"model-00002-of-00002.safetensors": noise(2000, 2),
		};
		const names = Object.keys(parts);
		const { "model.safetensors": _, ...files } = noiseRepo(1).files;
		const index = JSON.stringify({ weight_map: { a: names[0], b: names[1], c: names[0] } });
		const all = {
			...files,
			...parts,
			"other.safetensors": noise(10),
			"model.safetensors.index.json": Buffer.from(index),
		};
		const server = await start({ [REPO]: noiseRepo(1, { files: all }) });
		const model = await pulling(server).run();
		expect(model.files.map((file) => file.name)).toEqual([
			"config.json",
			"preprocessor_config.json",
			"model.safetensors.index.json",
			...names,
		]);
		expect((await readdir(model.folder)).sort()).toEqual(model.files.map((file) => file.name).sort());
	});
});
