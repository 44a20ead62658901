import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noisePixels } from "../../../../fixtures/noise.ts";
import { DinosegError } from "../errors/index.ts";
import type { FetchedResponse, HubContext, HubRequest } from "./context.ts";
import { downloadBlob } from "./download-blob.ts";
import { PassingFailure } from "./failures.ts";
import type { PartFile } from "./part-file.ts";
import { requestJson } from "./request.ts";

const HUB = "https://hub.example";
const SUBJECT = { repo: "a/b", revision: "main", file: "model.safetensors" };
const bytesOf = (length: number, seed: number) => noisePixels(false, length, 255, seed) as Uint8Array<ArrayBuffer>;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

type Answer = (init: HubRequest) => Partial<FetchedResponse>;

/** What a client needs, with a `fetch` that answers as a test says, and pauses that take no time. */
function contextOf(answer: Answer): HubContext {
	return {
		settings: { endpoint: HUB, token: undefined },
		words: { endpoint: "hubEndpoint", token: undefined },
		fetch: async (url, init) => {
			const plain = { ok: true, status: 200, headers: new Headers(), body: null, redirected: false, url };
			return { ...plain, ...answer(init) };
		},
		createHash,
		clock: { now: () => 0, sleep: async () => undefined },
		startTimer: () => () => undefined,
		random: { next: () => 0 },
		signal: undefined,
		onEvent: () => undefined,
		stallTimeoutMs: 1000,
		maxRetries: 100,
		answered: new Set(),
		connectionFailure: (url, cause) => new PassingFailure(new DinosegError("HUB_UNREACHABLE", url, { cause })),
	};
}

/** A part that lies in memory. */
function memoryPart(begun: Uint8Array): PartFile & { readonly bytes: Uint8Array } {
	let bytes = begun;
	return {
		get bytes() {
			return bytes;
		},
		size: async () => bytes.length,
		write: async (data, at) => {
			const grown = new Uint8Array(Math.max(bytes.length, at + data.length));
			grown.set(bytes);
			grown.set(data, at);
			bytes = grown;
		},
		read: async (buffer, at) => {
			const some = bytes.subarray(at, at + buffer.length);
			buffer.set(some);
			return some.length;
		},
		empty: async () => {
			bytes = new Uint8Array(0);
		},
		flush: async () => undefined,
	};
}

/** Pieces of a content from a byte on, as many as a cut lets through. */
function bodyOf(content: Uint8Array<ArrayBuffer>, from: number, cut: number, piece: number): FetchedResponse["body"] {
	const end = Math.min(content.length, from + cut);
	let at = from;
	return new ReadableStream({
		pull(controller) {
			if (at >= end) {
				controller.close();
				return;
			}
			controller.enqueue(content.slice(at, Math.min(end, at + piece)));
			at += piece;
		},
	});
}

const firstByte = ({ headers }: HubRequest) => Number(/^bytes=(\d+)-$/.exec(headers["range"] ?? "")?.[1] ?? 0);

describe("downloadBlob", () => {
	const cuts = fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 20 });

	it("is whole after any cuts, begins where it stopped, and needs no header of a range", async () => {
		const lengths = fc.integer({ min: 1, max: 5000 });
		const pieces = fc.integer({ min: 1, max: 2000 });
		await fc.assert(
			fc.asyncProperty(lengths, fc.nat(), cuts, pieces, fc.boolean(), async (length, begun, cut, piece, isHidden) => {
				const content = bytesOf(length, length);
				const part = memoryPart(content.slice(0, begun % length));
				const left = [...cut];
				const context = contextOf((init) => {
					const from = firstByte(init);
					expect(from).toBe(part.bytes.length);
					const range = `bytes ${from}-${length - 1}/${length}`;
					return {
						status: from === 0 ? 200 : 206,
						headers: new Headers(from === 0 || isHidden ? {} : { "Content-Range": range }),
						body: bodyOf(content, from, left.shift() ?? length, piece),
					};
				});
				const told: number[] = [];
				const file = { name: "model.safetensors", bytes: length, hash: sha256(content) };
				await downloadBlob(context, { url: HUB, file, subject: SUBJECT, part, onBytes: (bytes) => told.push(bytes) });
				expect(part.bytes).toEqual(content);
				expect(told).toEqual([...told].sort((a, b) => a - b));
			}),
		);
	});

	it("begins anew, once, after a range that a server got wrong and a browser hides", async () => {
		const content = bytesOf(1000, 1);
		const part = memoryPart(content.slice(0, 400));
		const asked: number[] = [];
		const context = contextOf((init) => {
			asked.push(firstByte(init));
			const wrong = bodyOf(content, 300, 600, 100);
			return asked.length === 1 ? { status: 206, body: wrong } : { body: bodyOf(content, 0, 1000, 100) };
		});
		const file = { name: "model.safetensors", bytes: 1000, hash: sha256(content) };
		await downloadBlob(context, { url: HUB, file, subject: SUBJECT, part, onBytes: () => undefined });
		expect(asked).toEqual([400, 0]);
		expect(part.bytes).toEqual(content);
	});

	it("can be cancelled while it reads what is there", async () => {
		const controller = new AbortController();
		const part = memoryPart(bytesOf(1000, 1));
		const read: PartFile["read"] = async (buffer, at) => {
			controller.abort();
			return part.read(buffer, at);
		};
		const context = { ...contextOf(() => expect.fail("nothing is asked for")), signal: controller.signal };
		const file = { name: "model.safetensors", bytes: 1001, hash: sha256(bytesOf(1001, 1)) };
		const download = { url: HUB, file, subject: SUBJECT, part: { ...part, read }, onBytes: () => undefined };
		await expect(downloadBlob(context, download)).rejects.toMatchObject({ code: "ABORTED" });
	});

	it("leaves nothing of a whole that is wrong", async () => {
		const part = memoryPart(new Uint8Array(0));
		const context = contextOf(() => ({ body: bodyOf(bytesOf(1000, 2), 0, 1000, 100) }));
		const file = { name: "model.safetensors", bytes: 1000, hash: sha256(bytesOf(1000, 1)) };
		const download = { url: HUB, file, subject: SUBJECT, part, onBytes: () => undefined };
		await expect(downloadBlob(context, download)).rejects.toMatchObject({ code: "HUB_HASH_MISMATCH" });
		expect(part.bytes.length).toBe(0);
	});
});

describe("a redirect that the platform has followed", () => {
	const answered = (url: string) =>
		requestJson(
			contextOf(() => ({ redirected: true, url, body: new Response("[]").body })),
			`${HUB}/api`,
			{ subject: SUBJECT, maxBytes: 10 },
		);

	it("is where the answer came from", async () => {
		expect((await answered("https://storage.example/x")).url).toBe("https://storage.example/x");
	});

	it("does not lead from https to http", async () => {
		await expect(answered("http://storage.example/x")).rejects.toMatchObject({
			code: "HUB_RESPONSE_INVALID",
			message: expect.stringMatching(/redirects from https to http:\/\/storage\.example.*Check hubEndpoint/),
		});
	});
});
