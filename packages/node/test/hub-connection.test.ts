import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { HubFetch } from "@dinoseg/core/hub";
import { describe, expect, it } from "vitest";
import type { HubServer } from "../../../fixtures/hub-server.ts";
import { noiseRepo, REPO, useFailingPulls, useHubServers } from "./support/hub-models.ts";
import { always, api, on, storage } from "./support/misbehaviour.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const BYTES = 100_000;

const start = useHubServers();
const { pull, expectFailure } = useFailingPulls(useTemporaryFolder());

describe("a hub that is asked by https", () => {
	const HUB = "https://hub.example";
	/** As if the server had a certificate: only its own address is encrypted. */
	const encrypted =
		(server: HubServer): HubFetch =>
		(url, init) =>
			fetch(url.replace(HUB, server.url), init);

	it("is not left for http", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		const options = { fetch: encrypted(server), env: { HF_TOKEN: "hf_secret" } };
		const { error, delays } = await expectFailure(HUB, "HUB_RESPONSE_INVALID", options);
		expect(error.message).toContain(`redirects from https to ${server.storageUrl}`);
		expect(error.message).toContain("HF_ENDPOINT");
		expect(server.requests.some(({ headers }) => headers.authorization === "Bearer hf_secret")).toBe(true);
		expect(server.requests.filter(storage)).toEqual([]);
		expect(delays).toEqual([]);
	});

	it("is not left for http by a detour", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = ({ path }) =>
			path.startsWith("/api/models/facebook")
				? { status: 307, headers: { Location: "https://hub.example/elsewhere" }, body: "" }
				: { status: 307, headers: { Location: `${server.storageUrl}/api/models/x` }, body: "" };
		await expectFailure(HUB, "HUB_RESPONSE_INVALID", { fetch: encrypted(server) });
		expect(server.requests.map(({ path }) => path)).toEqual([`/api/models/${REPO}/revision/main`, "/elsewhere"]);
	});
});

describe("the token", () => {
	it("does not follow a redirect of the API to another host", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = (request) =>
			api(request) && request.host === "hub"
				? { status: 307, headers: { Location: `${server.storageUrl}${request.path}` }, body: "" }
				: undefined;
		await pull(server, { env: { HF_TOKEN: "hf_secret" } }).running;
		const moved = server.requests.filter((request) => storage(request) && api(request));
		expect(moved.length).toBe(2);
		expect(moved.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
	});

	it("goes to the hub and to no other host", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		await pull(server, { env: { HF_TOKEN: "hf_secret" } }).running;
		for (const { host, headers } of server.requests) {
			expect(headers.authorization).toBe(host === "hub" ? "Bearer hf_secret" : undefined);
		}
		expect(server.requests.some(storage)).toBe(true);
	});

	it("is in no message", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = on(always, { status: 401, body: "{}" });
		const { error } = await expectFailure(server, "HUB_ACCESS_DENIED", { env: { HF_TOKEN: "hf_secret" } });
		expect(error.message).toContain("refused the access token");
		expect(JSON.stringify([error.message, error.details])).not.toContain("hf_secret");
	});
});

describe("a proxy", () => {
	/** A proxy that opens every tunnel, or answers with another status. */
	async function startProxy(status: string): Promise<{ url: string; asked: string[]; close(): void }> {
		const asked: string[] = [];
		const server = createServer();
		server.on("connect", (request, client) => {
			asked.push(request.url ?? "");
			if (status !== "200 OK") {
				client.end(`HTTP/1.1 ${status}\r\n\r\n`);
				return;
			}
			const [host, port] = (request.url ?? "").split(":");
			const upstream = connect(Number(port), host, () => {
				client.write("HTTP/1.1 200 OK\r\n\r\n");
				upstream.pipe(client).pipe(upstream);
			});
			upstream.on("error", () => client.destroy());
			client.on("error", () => upstream.destroy());
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		return {
			url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
			asked,
			close: () => server.close(),
		};
	}

	it("is used, but for the hosts of NO_PROXY", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		const proxy = await startProxy("200 OK");
		await pull(server, { env: { HTTP_PROXY: proxy.url } }).running;
		expect(new Set(proxy.asked)).toEqual(new Set([server.url, server.storageUrl].map((url) => new URL(url).host)));
		proxy.asked.length = 0;
		await pull(server, { env: { HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" } }).running;
		expect(proxy.asked).toEqual([]);
		proxy.close();
	});

	it.each([
		["407 Proxy Authentication Required", /wants user and password, or others than it got \(407\)/],
		["403 Forbidden", /refuses to connect to 127\.0\.0\.1:\d+ \(403\)\. Ask who runs it/],
		["502 Bad Gateway", /refuses to connect to 127\.0\.0\.1:\d+ \(502\)/],
	])("that answers %s says why, without its password", async (status, message) => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		const proxy = await startProxy(status);
		const withUser = proxy.url.replace("//", "//me:secret@");
		const { error } = await expectFailure(server, "HUB_PROXY", { env: { HTTP_PROXY: withUser } });
		expect(error.message).toContain(`The proxy ${proxy.url} `);
		expect(error.message).toMatch(message);
		expect(error.message).not.toContain("secret");
		expect(server.requests).toEqual([]);
		proxy.close();
	});

	it("that is not there, or is none, is told", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		const proxy = await startProxy("200 OK");
		proxy.close();
		const gone = await expectFailure(server, "HUB_PROXY", { env: { HTTP_PROXY: proxy.url } });
		expect(gone.error.message).toContain("ECONNREFUSED");
		await expectFailure(server, "HUB_PROXY", { env: { HTTP_PROXY: "http://:x" } });
	});
});
