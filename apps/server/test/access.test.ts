import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { startService, useService } from "./support/service.ts";

const TOKEN = "0123456789abcdef0123";
const OTHER_ORIGIN = "https://example.org";

/** Status and headers of a request with headers that `fetch` would not send. */
function ask(
	url: string,
	headers: Record<string, string>,
	method = "GET",
): Promise<{ status: number; headers: Record<string, unknown> }> {
	return new Promise((resolve, reject) => {
		const asked = request(url, { method, headers }, (answer) => {
			answer.resume();
			answer.once("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
		});
		asked.once("error", reject).end();
	});
}

describe("a service on this machine alone", () => {
	const service = useService();
	const port = () => new URL(service.url).port;

	it.each([
		["127.0.0.1", 200],
		["localhost", 200],
		["LOCALHOST", 200],
		["[::1]", 200],
		["127.0.0.2", 200],
		["example.org", 403],
		["127.0.0.1.example.org", 403],
		["localhost.example.org", 403],
		["0.0.0.0", 403],
	])("answers to the host %s with %i", async (host, status) => {
		for (const given of [host, `${host}:${port()}`, `${host}:9999`]) {
			expect((await ask(`${service.url}/v1/models`, { host: given })).status, given).toBe(status);
		}
	});

	it("answers to pages of its own origin only", async () => {
		for (const [origin, status] of [
			[service.url, 200],
			["null", 403],
			[OTHER_ORIGIN, 403],
			["http://localhost:1", 403],
			[`${service.url}.example.org`, 403],
		] as const) {
			expect((await ask(`${service.url}/v1/models`, { origin })).status, origin).toBe(status);
		}
	});

	it("does not take an origin that begins as its own host does", async () => {
		for (const [origin, status] of [
			["http://localhost", 200],
			["https://localhost", 200],
			["http://localhost.example.org", 403],
		] as const) {
			expect((await ask(`${service.url}/v1/models`, { host: "localhost", origin })).status, origin).toBe(status);
		}
	});

	it("tells pages of other origins nothing", async () => {
		const { headers } = await ask(`${service.url}/v1/models`, { origin: OTHER_ORIGIN });
		expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
		const preflight = { origin: OTHER_ORIGIN, "access-control-request-method": "POST" };
		const { headers: other } = await ask(`${service.url}/v1/models`, preflight, "OPTIONS");
		expect(Object.keys(other).filter((name) => name.startsWith("access-control"))).toEqual([]);
	});

	it("sends the headers that keep a page safe with every answer", async () => {
		for (const path of ["/healthz", "/nothing", "/", "/docs/", "/openapi.json"]) {
			const { headers } = await ask(`${service.url}${path}`, {});
			expect(headers).toMatchObject({
				"content-security-policy": expect.stringContaining("script-src 'self' 'wasm-unsafe-eval';"),
				"x-content-type-options": "nosniff",
				"x-frame-options": "DENY",
				"referrer-policy": "no-referrer",
				"cross-origin-opener-policy": "same-origin",
				"cross-origin-embedder-policy": "require-corp",
			});
			expect(headers).not.toHaveProperty("x-powered-by");
			expect(headers).not.toHaveProperty("strict-transport-security");
		}
	});
});

describe("a token", () => {
	const service = useService({ token: TOKEN });

	it("is wanted for everything but health, the description and the page", async () => {
		for (const path of ["/healthz", "/readyz", "/openapi.json", "/docs/", "/", "/examples/cat.jpg"]) {
			expect((await ask(`${service.url}${path}`, {})).status, path).toBe(200);
		}
		for (const path of [
			"/v1/models",
			"/metrics",
			`/v1/images/${"0".repeat(64)}`,
			"/nothing",
			"/v1/jobs/x",
			"/docsx",
			"/assets/x",
		]) {
			const answer = await ask(`${service.url}${path}`, {});
			expect(answer.status, path).toBe(401);
			expect(answer.headers).toMatchObject({ "www-authenticate": 'Bearer realm="dinoseg"' });
		}
	});

	it.each([
		[`Bearer ${TOKEN}`, 200],
		[`bearer ${TOKEN}`, 200],
		[`Bearer ${TOKEN}x`, 401],
		[`Bearer ${TOKEN.slice(1)}`, 401],
		["Bearer ", 401],
		[TOKEN, 401],
		[`Basic ${TOKEN}`, 401],
		[`Bearer ${TOKEN} ${TOKEN}`, 401],
	])("is compared as a whole: %s gives %i", async (authorization, status) => {
		expect((await ask(`${service.url}/v1/models`, { authorization })).status).toBe(status);
	});

	it("is never in the log", async () => {
		await ask(`${service.url}/v1/models?token=${TOKEN}`, { authorization: `Bearer ${TOKEN}` });
		expect(JSON.stringify(service.log)).not.toContain(TOKEN);
	});
});

describe("origins that are let in", () => {
	it("may read the answers, and nobody else", async () => {
		await using service = await startService({ origins: [OTHER_ORIGIN] });
		const { status, headers } = await ask(`${service.url}/v1/models`, { origin: OTHER_ORIGIN });
		expect(status).toBe(200);
		expect(headers).toMatchObject({ "access-control-allow-origin": OTHER_ORIGIN });
		const preflight = {
			origin: OTHER_ORIGIN,
			"access-control-request-method": "POST",
			"access-control-request-headers": "content-type",
		};
		expect((await ask(`${service.url}/v1/images`, preflight, "OPTIONS")).status).toBe(204);
		const other = await ask(`${service.url}/v1/models`, { origin: "https://other.example.org" });
		expect(other.status).toBe(403);
		expect(other.headers).not.toHaveProperty("access-control-allow-origin");
	});
});

describe("a service that cannot start", () => {
	it.each([
		["without a token for others", { host: "0.0.0.0" }, /a token is wanted/],
		["with a token that can be guessed", { token: "secret" }, /at least 16 characters/],
		["with a token of blanks", { token: " ".repeat(20) }, /no blanks/],
		["with an origin that is none", { origins: ["example.org"] }, /scheme and a host/],
		["with an origin that has a path", { origins: ["https://example.org/page"] }, /scheme and a host/],
		["with an impossible number", { workers: 0 }, /workers must be an integer from 1 to 64/],
		["with no room for an image", { maxStoredBytes: 1000 }, /maxStoredBytes must be at least maxBytes/],
		["with an unknown model", { model: "best" }, /Unknown model "best"/],
	])("says why: %s", async (_what, options, message) => {
		await expect(startService(options)).rejects.toThrow(message);
	});

	it("says why: the port is taken, or the folder", async () => {
		await using service = await startService();
		const port = Number(new URL(service.url).port);
		await expect(startService({ port })).rejects.toThrow(/another program listens there/);
		await expect(startService({ folder: service.folder })).rejects.toMatchObject({ code: "OUTPUT_IN_USE" });
	});
});
