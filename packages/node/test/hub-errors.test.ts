import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Misbehaviour, ServedRequest } from "../../../fixtures/hub-server.ts";
import { CONFIG, noise, noiseRepo, REPO, useFailingPulls, useHubServers } from "./support/hub-models.ts";
import { always, api, on, storage } from "./support/misbehaviour.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const BYTES = 100_000;
const PAGE: Misbehaviour = {
	status: 200,
	headers: { "Content-Type": "text/html" },
	body: "<!DOCTYPE html><title>Log in</title>",
};

const start = useHubServers();
const root = useTemporaryFolder();
const { pull, expectFailure } = useFailingPulls(root);

describe("each failure has its own error", () => {
	it("a gated model names its open mirror", async () => {
		const repo = "facebook/dinov3-vits16plus-pretrain-lvd1689m";
		const server = await start({ [repo]: noiseRepo(BYTES) });
		server.misbehave = on(always, { status: 403, headers: { "X-Error-Code": "GatedRepo" }, body: "gated" });
		const { error } = await expectFailure(server, "HUB_GATED", { name: repo });
		const mirror = "timm/vit_small_plus_patch16_dinov3.lvd1689m";
		expect(error.message).toContain(
			`is gated. The same network is open as ${mirror}: use dinov3-small-plus. Or open http`,
		);
		expect(error.details).toMatchObject({ repo, mirror });
	});

	it.each<[string, string, RegExp, (request: ServedRequest) => Misbehaviour | undefined, number]>([
		["a page in place of the API", "HUB_RESPONSE_INVALID", /web page.*Log in.*portal/, on(api, PAGE), 0],
		["a page in place of a file", "HUB_RESPONSE_INVALID", /web page/, on(storage, PAGE), 0],
		[
			"a page that says it is data",
			"HUB_RESPONSE_INVALID",
			/web page/,
			on(storage, { content: Buffer.from("<html>".padEnd(BYTES, " ")) }),
			0,
		],
		["wrong bytes", "HUB_HASH_MISMATCH", /removed.*proxy/, on(storage, { content: noise(BYTES, 3) }), 0],
		["too many bytes", "HUB_SIZE_MISMATCH", /must have 100000 bytes/, on(storage, { content: noise(BYTES + 1) }), 0],
		["too few bytes", "HUB_SIZE_MISMATCH", /the server has 99999/, on(storage, { content: noise(BYTES - 1) }), 0],
		[
			"a gated model",
			"HUB_GATED",
			/ask for access.*HF_TOKEN/,
			on(always, { status: 403, headers: { "X-Error-Code": "GatedRepo" }, body: "gated" }),
			0,
		],
		["401", "HUB_ACCESS_DENIED", /HF_TOKEN/, on(always, { status: 401, body: "{}" }), 0],
		[
			"403 with a page in place of the API",
			"HUB_ACCESS_DENIED",
			/^127\.0\.0\.1:\d+: answered with 403 and a web page.*proxy or firewall/,
			on(api, { ...PAGE, status: 403 }),
			0,
		],
		[
			"a portal",
			"HUB_RESPONSE_INVALID",
			/status 511 \(the network wants a login first\).*Log in to the network first/,
			on(api, { ...PAGE, status: 511 }),
			0,
		],
		["a file that is gone", "HUB_FILE_NOT_FOUND", /model\.safetensors/, on(storage, { status: 404, body: "" }), 0],
		[
			"418",
			"HUB_RESPONSE_INVALID",
			/dinov2-small\/revision\/main: answered with status 418/,
			on(api, { status: 418, body: "{}" }),
			0,
		],
		["429 for ever", "HUB_RATE_LIMITED", /too many requests/, on(api, { status: 429, body: "" }), 5],
		["503 for ever", "HUB_UNAVAILABLE", /503/, on(storage, { status: 503, body: "" }), 5],
		["504 with a page", "HUB_UNAVAILABLE", /504/, on(always, { ...PAGE, status: 504 }), 5],
		[
			"407 outside of a tunnel",
			"HUB_UNREACHABLE",
			/no reason given, as where a proxy in between wants user and password/,
			on(api, { status: 407, body: "" }),
			2,
		],
		["a line that drops always", "HUB_UNREACHABLE", /cannot be reached/, on(storage, { refuse: true }), 5],
		[
			"a redirect to a file",
			"HUB_RESPONSE_INVALID",
			/redirects to file:/,
			on(storage, { status: 302, headers: { Location: "file:///etc/passwd" }, body: "" }),
			0,
		],
		[
			"redirects without end",
			"HUB_RESPONSE_INVALID",
			/redirects more than 10 times/,
			on(storage, { status: 302, headers: { Location: "?" } }),
			0,
		],
	])("%s: %s", async (_, code, message, misbehave, retries) => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = misbehave;
		const { error, delays } = await expectFailure(server, code);
		expect(error.message).toMatch(message);
		expect(delays.length).toBe(retries);
	});

	it.each([undefined, "hf_secret"])("403 of the storage is no matter of the token (%s)", async (HF_TOKEN) => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = on(storage, { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" });
		const { error, delays } = await expectFailure(server, "HUB_ACCESS_DENIED", { env: { HF_TOKEN } });
		const { host } = new URL(server.storageUrl);
		expect(error.message).toContain(`${host}, to which the hub sends for model.safetensors, refused with 403`);
		expect(error.message).toContain("a token changes nothing");
		expect(error.message).not.toMatch(/HF_TOKEN|access token/);
		expect(delays).toEqual([]);
	});

	it("a server error of the storage names the storage", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = on(storage, { status: 503, body: "" });
		const { error } = await expectFailure(server, "HUB_UNAVAILABLE");
		expect(error.message).toContain(`${server.storageUrl}: the server answered 503`);
	});

	it("an asked-for pause beyond two minutes is not waited for, but told", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = on(api, { status: 429, headers: { "Retry-After": "600" }, body: "" });
		const { error, delays } = await expectFailure(server, "HUB_RATE_LIMITED");
		expect(error.message).toContain("600 s");
		expect(delays).toEqual([]);
	});

	it("an unknown repository: near names are offered", async () => {
		const server = await start({});
		const { error } = await expectFailure(server, "HUB_REPO_NOT_FOUND", { name: "facebook/dinov2-smal" });
		expect(error.message).toContain('Did you mean "facebook/dinov2-small"');
	});

	it("an unknown revision: near names are offered", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES, { refs: ["main", "release-1"] }) });
		const { error } = await expectFailure(server, "HUB_REVISION_NOT_FOUND", { name: `${REPO}@release-2` });
		expect(error.message).toContain('Did you mean "release-1"');
	});

	it("a repository without safetensors says what it has", async () => {
		const server = await start({ [REPO]: noiseRepo(1, { files: { "config.json": CONFIG } }) });
		const { error } = await expectFailure(server, "MODEL_FILE_MISSING");
		expect(error.message).toContain("only config.json");
	});

	it("another family of networks is refused before its weights are fetched", async () => {
		const files = { ...noiseRepo(BYTES).files, "config.json": Buffer.from('{"model_type":"clip"}') };
		const server = await start({ [REPO]: noiseRepo(BYTES, { files }) });
		await expectFailure(server, "MODEL_CONFIG_INVALID");
		expect(server.requests.filter(storage)).toEqual([]);
	});

	it("too little space: nothing is fetched", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		const { error } = await expectFailure(server, "CACHE_NO_SPACE", { freeBytes: async () => BYTES });
		expect(error.details["needed"]).toBeGreaterThan(BYTES);
		expect(server.requests.filter((request) => request.file !== undefined)).toEqual([]);
	});

	it("a cache that cannot be written to", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		const file = join(root.path, "a-file");
		await writeFile(file, "");
		await expectFailure(server, "CACHE_UNWRITABLE", { cacheFolder: join(file, "hub") });
	});

	it("no network is told after two more attempts", async () => {
		const server = await start({});
		await server.close();
		const { error, delays } = await expectFailure(server.url, "HUB_UNREACHABLE");
		expect(error.message).toMatch(/ECONNREFUSED.*HF_HUB_OFFLINE/);
		expect(delays.length).toBe(2);
		server.close = async () => undefined;
	});

	it.each([
		["DEPTH_ZERO_SELF_SIGNED_CERT", "HUB_CERTIFICATE", /NODE_EXTRA_CA_CERTS/],
		["CERT_HAS_EXPIRED", "HUB_CERTIFICATE", /clock/],
		["ERR_TLS_CERT_ALTNAME_INVALID", "HUB_CERTIFICATE", /not trusted/],
		["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "HUB_CERTIFICATE", /not trusted/],
		["ENOTFOUND", "HUB_UNREACHABLE", /cannot be reached \(ENOTFOUND\)/],
		["EAI_AGAIN", "HUB_UNREACHABLE", /cannot be reached/],
		["ERR_SSL_WRONG_VERSION_NUMBER", "HUB_UNREACHABLE", /does not speak https/],
	])("%s: %s", async (reason, code, message) => {
		const failing = async () => {
			throw new TypeError("fetch failed", { cause: Object.assign(new Error(reason), { code: reason }) });
		};
		const { error } = await expectFailure("https://hub.example", code, { fetch: failing });
		expect(error.message).toMatch(message);
	});

	it("offline and not cached", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		const { error } = await expectFailure(server, "MODEL_NOT_CACHED", { env: { HF_HUB_OFFLINE: "1" } });
		expect(error.message).toContain("model pull dinov2-small");
		expect(server.requests).toEqual([]);
	});
});

describe("pauses between attempts", () => {
	it("double, vary, and are never shorter than the server asks for", async () => {
		const server = await start({ [REPO]: noiseRepo(10) });
		const waits = ["", "7", ""];
		server.misbehave = ({ path }) => {
			const wait = path.includes("/revision/") ? waits.shift() : undefined;
			return wait === undefined
				? undefined
				: { status: wait === "" ? 503 : 429, headers: wait === "" ? {} : { "Retry-After": wait }, body: "busy" };
		};
		const { delays, running } = pull(server);
		await running;
		expect(delays.length).toBe(3);
		expect(delays[0]).toBeGreaterThanOrEqual(250);
		expect(delays[0]).toBeLessThanOrEqual(500);
		expect(delays[1]).toBe(7000);
		expect(delays[2]).toBeGreaterThanOrEqual(1000);
		expect(delays[2]).toBeLessThanOrEqual(2000);
	});

	it.each<[string, Record<string, string>, number]>([
		["alone", { RateLimit: '"api";r=0;t=20' }, 20_000],
		["with spaces", { RateLimit: '"api" ; r=0 ; t=20' }, 20_000],
		["beside a limit that is not used up", { RateLimit: '"day";r=900;t=80000, "a;t=99,b";t=20;r=0' }, 20_000],
		["that names no remainder", { RateLimit: '"api";t=20, "day";t=30' }, 30_000],
		["after Retry-After, which is nearer", { RateLimit: '"api";r=0;t=20', "Retry-After": "7" }, 7000],
		["beside a Retry-After that says nothing", { RateLimit: '"api";r=0;t=20', "Retry-After": "soon" }, 20_000],
	])("are as long as RateLimit says: %s", async (_, headers, expected) => {
		const server = await start({ [REPO]: noiseRepo(10) });
		server.misbehave = (request) =>
			api(request) && server.requests.length === 1 ? { status: 429, headers, body: "" } : undefined;
		const { delays, running } = pull(server);
		await running;
		expect(delays).toEqual([expected]);
	});

	it.each([
		["a server error that tells of a limit", 503, '"api";r=400;t=240'],
		["a limit without a time", 429, '"api";r=0'],
		["a limit that is a text", 429, "t=20"],
	])("are the usual ones after %s", async (_, status, RateLimit) => {
		const server = await start({ [REPO]: noiseRepo(10) });
		server.misbehave = (request) =>
			api(request) && server.requests.length === 1 ? { status, headers: { RateLimit }, body: "" } : undefined;
		const { delays, running } = pull(server, { random: { next: () => 0 } });
		await running;
		expect(delays).toEqual([500]);
	});

	it.each([
		["in full", 0, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]],
		["shortened by a half", 1, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]],
	])("grow to 30 s and no further, %s", async (_, drawn, expected) => {
		const server = await start({ [REPO]: noiseRepo(10) });
		server.misbehave = on(api, { status: 503, body: "busy" });
		const { delays } = await expectFailure(server, "HUB_UNAVAILABLE", { maxRetries: 9, random: { next: () => drawn } });
		expect(delays).toEqual(expected);
	});
});
