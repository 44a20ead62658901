import { createHash } from "node:crypto";
import type { HubEvent } from "@dinoseg/core/hub";
import { afterEach, describe, expect, it } from "vitest";
import { COMMIT, noise, noiseRepo } from "../../../fixtures/hub-repos.ts";
import {
	type HubServer,
	type Misbehaviour,
	type ServedRepo,
	type ServedRequest,
	startHubServer,
} from "../../../fixtures/hub-server.ts";
import { expectError } from "../../node/test/support/expect-error.ts";
import { hasBrowser, useModelsPages } from "./support/models-pages.ts";

const NAME = "dinov2-small";
const REPO = "facebook/dinov2-small";
const MEGABYTE = 2 ** 20;
const WEIGHTS = "model.safetensors";

describe.runIf(hasBrowser)("models in a browser", () => {
	const pages = useModelsPages();
	const servers: HubServer[] = [];
	afterEach(async () => {
		await Promise.all(servers.splice(0).map((server) => server.close()));
	});

	async function serve(repo: ServedRepo = noiseRepo(MEGABYTE)): Promise<HubServer> {
		const server = await startHubServer({ [REPO]: repo });
		servers.push(server);
		return server;
	}

	const openTab = ({ url }: HubServer, maxRetries = 0) => pages.open({ hubEndpoint: url, maxRetries });
	const isStorage = ({ host }: ServedRequest) => host === "storage";
	const storageRequests = ({ requests }: HubServer) => requests.filter(isStorage);
	const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
	/** Fall silent when so much of the weights was sent. */
	const stallingAfter = (stallAfter: number) => (request: ServedRequest) =>
		isStorage(request) ? { stallAfter } : undefined;

	it("are downloaded, verified, listed and opened, with no credentials and nothing asked twice", async () => {
		const repo = noiseRepo(MEGABYTE);
		const server = await serve(repo);
		const tab = await openTab(server);
		expect(await tab.list()).toEqual([]);
		await expectError(tab.open(NAME), "MODEL_NOT_CACHED");
		const names = ["config.json", "preprocessor_config.json", WEIGHTS];
		const bytes = names.reduce((sum, name) => sum + repo.files[name].length, 0);
		const model = { name: NAME, repo: REPO, revision: COMMIT, licence: "apache-2.0", bytes, state: "whole" };
		expect(await tab.pull(NAME)).toEqual(model);
		expect(await tab.list()).toEqual([model]);
		expect(await tab.open(NAME)).toEqual({
			name: NAME,
			revision: COMMIT,
			hashes: names.map((name) => [name, sha256(repo.files[name]), sha256(repo.files[name])]),
		});
		const events = await tab.events();
		expect(events[0]).toEqual({ type: "resolved", repo: REPO, revision: COMMIT, licence: "apache-2.0" });
		expect(events.findLast(({ type }) => type === "progress")).toMatchObject({ bytes, total: bytes });
		for (const { method, headers } of server.requests) {
			expect(method).toBe("GET");
			expect([headers.authorization, headers.cookie, headers.referer]).toEqual([undefined, undefined, undefined]);
		}

		server.requests.length = 0;
		await tab.pull(`${REPO}@${COMMIT}`);
		expect(server.requests.filter(({ file }) => file !== undefined)).toEqual([]);
		await expectError(tab.open(`${NAME}@other`), "MODEL_NOT_CACHED");
	});

	it("go on from what is there when their page is closed in the middle, by a page that waited for it", async () => {
		const server = await serve(noiseRepo(3 * MEGABYTE));
		server.misbehave = stallingAfter(2 * MEGABYTE);
		const first = await openTab(server);
		const lost = first.pull(NAME).catch(() => undefined);
		await first.reached(2 * MEGABYTE);
		const second = await openTab(server);
		expect(await second.list()).toMatchObject([{ name: NAME, revision: undefined, state: "part" }]);
		await expectError(second.open(NAME), "MODEL_NOT_CACHED");
		const taken = second.pull(NAME);
		await second.told("waiting");
		server.misbehave = () => undefined;
		await first.page.close();
		await lost;
		await taken;
		const [, { from, sent }, ...more] = storageRequests(server);
		expect(from).toBe(2 * MEGABYTE);
		expect(sent).toBe(MEGABYTE);
		expect(more).toEqual([]);
		const resumed: HubEvent = { type: "file-start", file: WEIGHTS, resumedFrom: from, total: 3 * MEGABYTE };
		expect(await second.events()).toContainEqual(resumed);
		const { hashes } = await second.open(NAME);
		expect(hashes.at(-1)?.[2]).toBe(sha256(noise(3 * MEGABYTE)));
	});

	it("of several files take those that the index names", async () => {
		const parts = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
		const { [WEIGHTS]: _, ...files } = noiseRepo(1).files;
		const index = JSON.stringify({ weight_map: { a: parts[0], b: parts[1] } });
		const shards = { [parts[0]]: noise(1000, 1), [parts[1]]: noise(2000, 2), "other.safetensors": noise(10) };
		const all = { ...files, ...shards, "model.safetensors.index.json": Buffer.from(index) };
		const tab = await openTab(await serve(noiseRepo(1, { files: all })));
		await tab.pull(NAME);
		const { hashes } = await tab.open(NAME);
		expect(hashes.map(([name]) => name)).toEqual([
			"config.json",
			"preprocessor_config.json",
			"model.safetensors.index.json",
			...parts,
		]);
	});

	it("are replaced by their next commit, of which only what changed is fetched", async () => {
		const server = await serve();
		const tab = await openTab(server);
		const old = await tab.pull(NAME);
		const commit = COMMIT.replace("0", "f");
		server.repos.set(REPO, noiseRepo(MEGABYTE, { commit, files: { ...noiseRepo(1).files, [WEIGHTS]: noise(5, 7) } }));
		server.requests.length = 0;
		const model = await tab.pull(NAME);
		expect(model).toMatchObject({ revision: commit, bytes: old.bytes - MEGABYTE + 5 });
		expect(new Set(server.requests.flatMap(({ file }) => file ?? []))).toEqual(new Set([WEIGHTS]));
		await expectError(tab.open(`${NAME}@${COMMIT}`), "MODEL_NOT_CACHED");
	});

	it("are removed, also parts, but not while they are downloaded", async () => {
		const server = await serve();
		server.misbehave = stallingAfter(MEGABYTE / 2);
		const [first, second] = [await openTab(server), await openTab(server)];
		const lost = first.pull(NAME).catch(() => undefined);
		await first.reached(MEGABYTE / 2);
		const busy = await expectError(second.remove(NAME), "CACHE_UNWRITABLE");
		expect(busy.message).toContain("is being downloaded");
		await first.page.close();
		await lost;
		await expect.poll(() => second.remove(NAME).catch(() => 0)).toBeGreaterThan(MEGABYTE / 2);
		expect(await second.list()).toEqual([]);
		await expectError(second.remove(NAME), "MODEL_NOT_CACHED");
		server.misbehave = () => undefined;
		const { bytes } = await second.pull(NAME);
		expect(await second.remove(NAME)).toBe(bytes);
		expect(await second.list()).toEqual([]);
	});

	it("are downloaded once by two tabs at once", async () => {
		const server = await serve();
		const [first, second] = [await openTab(server), await openTab(server)];
		let release = () => {};
		const released = new Promise<void>((resolve) => {
			release = resolve;
		});
		server.onSent = (request) => {
			if (isStorage(request)) {
				release();
			}
		};
		const both = [first.pull(NAME)];
		await released;
		both.push(second.pull(NAME));
		const [one, other] = await Promise.all(both);
		expect(other).toEqual(one);
		expect(storageRequests(server).length).toBe(1);
	});

	it("end when their signal fires, and go on from there", async () => {
		const server = await serve();
		server.misbehave = stallingAfter(MEGABYTE / 2);
		const tab = await openTab(server);
		await expectError(tab.pull(NAME, MEGABYTE / 4), "ABORTED");
		server.misbehave = () => undefined;
		await tab.pull(NAME);
		expect(storageRequests(server)[1].from).toBeGreaterThanOrEqual(MEGABYTE / 4);
	});

	it("can be used without a network", async () => {
		const tab = await openTab(await serve());
		await tab.pull(NAME);
		await pages.context.setOffline(true);
		try {
			expect(await tab.open(NAME)).toMatchObject({ revision: COMMIT });
			const { message } = await expectError(tab.pull(NAME), "HUB_UNREACHABLE");
			expect(message).toContain("This computer is offline. What was downloaded stays");
		} finally {
			await pages.context.setOffline(false);
		}
	});

	/** What goes wrong with a hub that is asked by a page. */
	const FAULTS: readonly (readonly [string, RegExp, (request: ServedRequest) => boolean, Misbehaviour])[] = [
		["HUB_HASH_MISMATCH", /was removed/, isStorage, { content: noise(MEGABYTE, 3) }],
		["HUB_SIZE_MISMATCH", /must have 1048576 bytes/, isStorage, { content: noise(MEGABYTE + 1) }],
		[
			"HUB_RESPONSE_INVALID",
			/a web page.*check hubEndpoint and the proxy/,
			isStorage,
			{ status: 200, headers: { "Content-Type": "text/html" }, body: "<!DOCTYPE html>" },
		],
		[
			"HUB_GATED",
			/is gated\. No access token is ever sent from here: choose another model/,
			() => true,
			{ status: 401, headers: { "X-Error-Code": "GatedRepo" }, body: "gated" },
		],
		[
			"HUB_REPO_NOT_FOUND",
			/Check owner and name; a private one is not shown without an access token, and none is ever sent/,
			() => true,
			{ status: 401, headers: { "X-Error-Code": "RepoNotFound" }, body: "{}" },
		],
		[
			"HUB_ACCESS_DENIED",
			/wants an access token\. None is ever sent from here: check the name/,
			() => true,
			{ status: 401, body: "{}" },
		],
		[
			"HUB_UNREACHABLE",
			/the host may not let this page ask it/,
			() => true,
			{ headers: { "Access-Control-Allow-Origin": "https://another.example" } },
		],
		["HUB_RATE_LIMITED", /\(429\)\. Wait some minutes\.$/, () => true, { status: 429, body: "" }],
	];

	it("tell what went wrong, in words for a page", async () => {
		const server = await serve();
		const tab = await openTab(server);
		for (const [code, message, isOdd, how] of FAULTS) {
			server.misbehave = (request) => (isOdd(request) ? how : undefined);
			const error = await expectError(tab.pull(NAME), code);
			expect(error.message).toMatch(message);
			expect(error.message).not.toMatch(/HF_|command/);
			expect((await tab.list()).filter(({ state }) => state === "whole")).toEqual([]);
		}
		server.misbehave = () => undefined;
		expect((await tab.pull(NAME)).state).toBe("whole");
	});

	it("another family of networks is refused before its weights are fetched", async () => {
		const files = { ...noiseRepo(MEGABYTE).files, "config.json": Buffer.from('{"model_type":"clip"}') };
		const server = await serve(noiseRepo(1, { files }));
		await expectError((await openTab(server)).pull(NAME), "MODEL_CONFIG_INVALID");
		expect(storageRequests(server)).toEqual([]);
	});

	it("a hub whose address is none", async () => {
		const tab = await pages.open({ hubEndpoint: "ftp://hub.example" });
		const { message } = await expectError(tab.pull(NAME), "OPTION_INVALID");
		expect(message).toMatch(/^hubEndpoint must be the http or https address of a hub/);
	});

	it("too little space is told before anything is fetched", async () => {
		const server = await serve(noiseRepo(4 * MEGABYTE));
		const tab = await openTab(server);
		await tab.setQuota(3 * MEGABYTE);
		const { message, details } = await expectError(tab.pull(NAME), "CACHE_NO_SPACE");
		expect(message).toMatch(/: 5 MB are needed, and this browser lets the page store [0-2] MB more\. Delete another/);
		expect(details["needed"]).toBeGreaterThan(4 * MEGABYTE);
		expect(server.requests.filter(({ file }) => file !== undefined)).toEqual([]);
	});

	it("space that runs out in the middle is told, and the download goes on once there is some", async () => {
		const server = await serve(noiseRepo(8 * MEGABYTE));
		const tab = await pages.open({ hubEndpoint: server.url, maxRetries: 1, stallTimeoutMs: 2_000 });
		server.misbehave = (request) =>
			storageRequests(server).length === 1 ? stallingAfter(MEGABYTE)(request) : undefined;
		const stopped = tab.pull(NAME);
		await tab.reached(MEGABYTE);
		await tab.setQuota(2 * MEGABYTE);
		const { message } = await expectError(stopped, "CACHE_NO_SPACE");
		expect(message).toMatch(/: \d MB are needed, and this browser lets the page store no more\. Delete another model/);
		await tab.setQuota();
		await tab.pull(NAME);
		expect(storageRequests(server)[2].from).toBeGreaterThanOrEqual(MEGABYTE);
	});

	it("a page without a file system of its own is told so", async () => {
		const tab = await pages.open({}, true);
		for (const call of [() => tab.list(), () => tab.pull(NAME), () => tab.open(NAME), () => tab.remove(NAME)]) {
			const { message } = await expectError(call(), "CACHE_UNWRITABLE");
			expect(message).toMatch(/no file system of its own.*Use a normal window, and https or localhost\.$/);
		}
	});
});
