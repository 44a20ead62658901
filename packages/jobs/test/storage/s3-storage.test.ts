import { isDinosegError } from "@dinoseg/core/errors";
import { afterEach, expect, it, vi } from "vitest";
import { type S3Server, type S3ServerOptions, startS3Server } from "../../../../fixtures/s3-server.ts";
import { s3Storage } from "../../src/storage/s3-storage.ts";
import type { Storage, StoredObject } from "../../src/storage/storage.ts";
import { createScratchFolder } from "../scratch-folder.ts";
import { describeStorage } from "./contract.ts";

interface Opened extends AsyncDisposable {
	readonly server: S3Server;
	readonly storage: Storage;
	/** Where the server keeps its objects. */
	readonly folder: string;
}

type Settings = Partial<S3ServerOptions> & { readonly uri?: string; readonly env?: Readonly<Record<string, string>> };

async function openS3({ uri = "s3://pictures/some/where", env = {}, ...options }: Settings = {}): Promise<Opened> {
	const scratch = await createScratchFolder();
	const { folder } = scratch;
	const server = await startS3Server({ folder, buckets: ["pictures"], ...options });
	// One pause at most, unless a test is about pauses.
	for (const [name, value] of Object.entries({ ...server.env, AWS_MAX_ATTEMPTS: "2", ...env })) {
		vi.stubEnv(name, value);
	}
	const storage = await s3Storage(uri, process.env);
	return {
		server,
		storage,
		folder,
		async [Symbol.asyncDispose]() {
			await storage[Symbol.asyncDispose]();
			await server[Symbol.asyncDispose]();
			await scratch[Symbol.asyncDispose]();
		},
	};
}

afterEach(() => vi.unstubAllEnvs());

describeStorage("a prefix of a bucket as a storage", openS3);
describeStorage("a whole bucket as a storage", () => openS3({ uri: "s3://pictures/" }));

async function listed(storage: Storage): Promise<StoredObject[]> {
	const all: StoredObject[] = [];
	for await (const some of storage.list("")) {
		all.push(...some);
	}
	return all;
}

async function faultOf(run: Promise<unknown>): Promise<string> {
	return run.then(
		() => "nothing",
		(error: unknown) => {
			expect(isDinosegError(error), String(error)).toBe(true);
			const text = JSON.stringify([String(error), error]);
			for (const secret of ["secret/of", "other-secret", "AWS4-HMAC", "Signature="]) {
				expect(text).not.toContain(secret);
			}
			const { code, message } = error as { code: string; message: string };
			return `${code} ${message}`;
		},
	);
}

const content = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 256);

it("keeps its objects below its prefix, whatever lies beside", async () => {
	await using opened = await openS3();
	const { server, storage } = opened;
	server.bucket("pictures").put("some/where-else", Buffer.from("x"));
	server.bucket("pictures").put("some/where/a", Buffer.from("a"));
	expect(await listed(storage)).toEqual([{ key: "a", size: 1 }]);
	await storage.put("b", content(3));
	expect(server.bucket("pictures").get("some/where/b")?.content).toEqual(Buffer.from(content(3)));
	expect(storage.uri).toBe("s3://pictures/some/where");
});

it("lists and removes more objects than one answer holds", async () => {
	await using opened = await openS3();
	const { server, storage } = opened;
	const keys = Array.from({ length: 2345 }, (_, index) => `some/where/${index} & co`);
	keys.forEach((key) => void server.bucket("pictures").put(key, Buffer.from(key)));
	const found = await listed(storage);
	expect(found).toHaveLength(2345);
	const before = server.requests.length;
	await storage.remove(found.map(({ key }) => key));
	expect(server.requests.length - before).toBe(3);
	expect(await listed(storage)).toEqual([]);
});

it("lists objects whose names are no UTF-8, with the others", async () => {
	await using opened = await openS3();
	for (const name of ["some/where/a+b ü", "some/where/\udce9t\udce9"]) {
		opened.server.bucket("pictures").put(name, Buffer.from("x"));
	}
	expect(await listed(opened.storage)).toEqual([
		{ key: "a+b ü", size: 1 },
		{ key: "\ufffdt\ufffd", size: 1 },
	]);
	expect(await opened.storage.get("\ufffdt\ufffd")).toBeUndefined();
});

it("sends a large object in parts, and leaves none of one that fails or is cancelled", async () => {
	let wrong = "nothing";
	const cancel = new AbortController();
	await using opened = await openS3({
		trouble({ method, query }) {
			const part = query.get("partNumber");
			if (wrong === "fails" && part === "3") {
				return { status: 403, code: "AccessDenied" };
			}
			if (wrong === "forgets" && method === "POST" && query.has("uploadId")) {
				return { status: 400, code: "InvalidPart" };
			}
			if (wrong === "cancelled" && part === "2") {
				cancel.abort();
			}
			if (wrong === "once" && part === "1") {
				wrong = "nothing";
				return { breakAfter: 1e6 };
			}
			return undefined;
		},
	});
	const { server, storage } = opened;
	const large = new Uint8Array(Buffer.alloc(17 * 2 ** 20 + 5, content(99_991)));
	wrong = "once";
	await storage.put("large", large);
	expect(Buffer.from((await storage.get("large")) as Uint8Array).equals(large)).toBe(true);
	expect(server.requests.filter((request) => request.startsWith("PUT"))).toHaveLength(4);
	wrong = "forgets";
	expect(await faultOf(storage.put("other", large))).toMatch(/^STORAGE_UNREACHABLE .*lost on the way.*\(InvalidPart\)/);
	wrong = "fails";
	expect(await faultOf(storage.put("other", large))).toMatch(/^STORAGE_REFUSED .*access denied/);
	wrong = "cancelled";
	expect(await faultOf(storage.put("other", large, cancel.signal))).toMatch(/^ABORTED/);
	await vi.waitFor(() => expect(server.leftParts()).toBe(0));
	expect(await storage.get("other")).toBeUndefined();
});

it("goes on with a body that breaks off, from where it broke", async () => {
	let breaks = 3;
	await using opened = await openS3({
		trouble: ({ method }) => (method === "GET" && breaks-- > 0 ? { breakAfter: 100_000 } : undefined),
	});
	const { server, storage } = opened;
	server.bucket("pictures").put("some/where/a", Buffer.from(content(1_000_000)));
	expect(await storage.get("a")).toEqual(content(1_000_000));
	expect(server.requests).toHaveLength(4);
	breaks = 100;
	expect(await faultOf(storage.get("a", { maxBytes: 999_999 }))).toMatch(/^INPUT_UNREADABLE/);
});

it("reads an object whole of which nobody says how long it is", async () => {
	let breaks = 2;
	await using opened = await openS3({
		trouble: () => (breaks-- > 0 ? { unsized: true, breakAfter: 100_000 } : { unsized: true }),
	});
	const { server, storage } = opened;
	server.bucket("pictures").put("some/where/a", Buffer.from(content(1_000_000)));
	server.bucket("pictures").put("some/where/empty", Buffer.from(""));
	expect(await storage.get("a", { maxBytes: 1_000_000 })).toEqual(content(1_000_000));
	expect(await storage.get("empty")).toEqual(content(0));
	expect(await storage.size("a")).toBe(1_000_000);
	expect(await faultOf(storage.get("a", { maxBytes: 999_999 }))).toMatch(/^INPUT_UNREADABLE .*more than 999999 bytes/);
	breaks = 100;
	expect(await faultOf(storage.get("a"))).toMatch(/^STORAGE_UNREACHABLE/);
});

it("says so when a body breaks off again and again", async () => {
	await using opened = await openS3({ trouble: ({ method }) => (method === "GET" ? { breakAfter: 0 } : undefined) });
	const { server, storage } = opened;
	server.bucket("pictures").put("some/where/a", Buffer.from(content(1000)));
	expect(await faultOf(storage.get("a"))).toMatch(/^STORAGE_UNREACHABLE/);
	expect(server.requests.length).toBeLessThan(20);
});

it("reads an object again whose bytes are not those of its checksum", async () => {
	let damages = 2;
	await using opened = await openS3({
		trouble: ({ method }) => (method === "GET" && damages-- > 0 ? { damaged: true } : undefined),
	});
	const { server, storage } = opened;
	server.bucket("pictures").put("some/where/a", Buffer.from(content(1000)));
	expect(await storage.get("a")).toEqual(content(1000));
	damages = 100;
	expect(await faultOf(storage.get("a"))).toMatch(/^STORAGE_UNREACHABLE/);
});

it("says so when the endpoint is no address", async () => {
	for (const endpoint of ["minio", "localhost:9000", "file:///tmp"]) {
		vi.stubEnv("AWS_ENDPOINT_URL_S3", endpoint);
		expect(await faultOf(s3Storage("s3://pictures"))).toMatch(/^STORAGE_REFUSED The endpoint of S3 cannot be told/);
	}
});

it("reads the new object where one is replaced while it is read", async () => {
	let breaks = 1;
	await using opened = await openS3({
		trouble({ method, headers }) {
			if (headers.range !== undefined) {
				opened.server.bucket("pictures").put("some/where/a", Buffer.from("new"));
			}
			return method === "GET" && breaks-- > 0 ? { breakAfter: 500 } : undefined;
		},
	});
	opened.server.bucket("pictures").put("some/where/a", Buffer.from(content(1000)));
	expect(await opened.storage.get("a")).toEqual(new TextEncoder().encode("new"));
});

it("outlives a server that is started again", async () => {
	await using opened = await openS3();
	const { server, folder } = opened;
	await using patient = await s3Storage("s3://pictures/some/where");
	await patient.put("a", content(10));
	await server[Symbol.asyncDispose]();
	const reading = patient.get("a");
	const writing = patient.put("b", content(20));
	// Refused once before it is there again.
	await expect(fetch(`http://127.0.0.1:${server.port}`)).rejects.toThrow();
	await using again = await startS3Server({ folder, buckets: ["pictures"], port: server.port });
	expect(await reading).toEqual(content(10));
	await writing;
	expect(again.bucket("pictures").get("some/where/b")?.size).toBe(20);
});

const FAULTS: readonly (readonly [what: string, settings: Settings, expected: RegExp])[] = [
	["a bucket that is missing", { buckets: [] }, /^STORAGE_REFUSED .*pictures does not exist on 127\.0\.0\.1:\d+/],
	["another secret", { env: { AWS_SECRET_ACCESS_KEY: "other-secret" } }, /^STORAGE_REFUSED .*the secret key is not/],
	["an unknown key", { env: { AWS_ACCESS_KEY_ID: "AKIAOTHER" } }, /^STORAGE_REFUSED .*does not know the access key/],
	[
		"no credentials",
		{ env: { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" } },
		/^STORAGE_REFUSED .*no credentials were found\. Set AWS_ACCESS_KEY_ID/,
	],
	["no region", { env: { AWS_REGION: "" } }, /^STORAGE_REFUSED .*no region is set, .* Set AWS_REGION/],
	[
		"no rights",
		{ trouble: () => ({ status: 403, code: "AccessDenied" }) },
		/^STORAGE_REFUSED .*access denied\. dinoseg needs/,
	],
	[
		"too many requests",
		{ env: { AWS_MAX_ATTEMPTS: "1" }, trouble: () => ({ status: 503, code: "SlowDown" }) },
		/^STORAGE_UNREACHABLE .*too much to do/,
	],
	[
		"a request that took too long",
		{ env: { AWS_MAX_ATTEMPTS: "1" }, trouble: () => ({ status: 400, code: "RequestTimeout" }) },
		/^STORAGE_UNREACHABLE .*too much to do \(RequestTimeout\)/,
	],
	[
		"a proxy that waited too long",
		{ env: { AWS_MAX_ATTEMPTS: "1" }, trouble: () => ({ status: 408, code: "Timeout" }) },
		/^STORAGE_UNREACHABLE .*too much to do/,
	],
	[
		"somebody who writes the same",
		{ env: { AWS_MAX_ATTEMPTS: "1" }, trouble: () => ({ status: 409, code: "OperationAborted" }) },
		/^STORAGE_UNREACHABLE .*too much to do \(OperationAborted\)/,
	],
	[
		"a fault of the server",
		{ trouble: () => ({ status: 500, code: "InternalError" }) },
		/^STORAGE_UNREACHABLE .*status 500/,
	],
	[
		"no server",
		{ env: { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" } },
		/^STORAGE_UNREACHABLE .*127\.0\.0\.1:1 cannot be reached/,
	],
];

it.each(FAULTS)("tells of %s", async (_, settings, expected) => {
	await using opened = await openS3(settings);
	const { storage } = opened;
	expect(await faultOf(storage.get("a"))).toMatch(expected);
	expect(await faultOf(storage.size("a"))).toMatch(expected);
	expect(await faultOf(storage.put("a", content(1)))).toMatch(expected);
	expect(await faultOf(listed(storage))).toMatch(expected);
	expect(await faultOf(storage.remove(["a"]))).toMatch(expected);
});

it("is right by the server's clock where this machine's is wrong", async () => {
	await using opened = await openS3({ now: () => Date.now() - 3 * 3600_000 });
	await opened.storage.put("a", content(1));
	expect(await opened.storage.get("a")).toEqual(content(1));
});

it("says that a clock is wrong where the server's is of no help", async () => {
	await using opened = await openS3({ trouble: () => ({ status: 403, code: "RequestTimeTooSkewed" }) });
	expect(await faultOf(opened.storage.get("a"))).toMatch(/^STORAGE_REFUSED .*clock of this machine/);
});

it("tells one object that may not be read from a bucket that may not", async () => {
	let denied = /some.where.b/;
	await using opened = await openS3({
		trouble: ({ key }) => (denied.test(key) ? { status: 403, code: "AccessDenied" } : undefined),
	});
	const { server, storage } = opened;
	for (const name of ["a", "b"]) {
		server.bucket("pictures").put(`some/where/${name}`, Buffer.from(name));
	}
	expect(await faultOf(storage.get("b"))).toMatch(/^STORAGE_REFUSED /);
	await storage.get("a");
	expect(await faultOf(storage.get("b"))).toMatch(/^INPUT_UNREADABLE .*where\/b: access to this object is denied/);
	denied = /./;
	expect(await faultOf(storage.get("b"))).toMatch(/^STORAGE_REFUSED /);
});

it("refuses keys that are longer than S3 has them", async () => {
	await using opened = await openS3();
	expect(await faultOf(opened.storage.put("ä".repeat(510), content(1)))).toMatch(/^OPTION_INVALID .*1024 bytes/);
});
