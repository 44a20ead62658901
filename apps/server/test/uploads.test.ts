import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { imageBody, imageForm, startService, useService } from "./support/service.ts";

const MAX_BYTES = 200_000;
const service = useService({ maxBytes: MAX_BYTES, maxPixels: 100_000, uploadSeconds: 1 });
const cat = await smallExample("cat.jpg");

const BOUNDARY = "xxxx";

/** A form of raw parts, which no client would make. */
function rawForm(...parts: readonly string[]): RequestInit {
	const body = `${parts.map((part) => `--${BOUNDARY}\r\n${part}\r\n`).join("")}--${BOUNDARY}--\r\n`;
	return { method: "POST", body, headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` } };
}

const filePart = (name: string, content = "x") =>
	`Content-Disposition: form-data; name="${name}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n${content}`;
const fieldPart = (name: string, value: string) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;

/** Nothing half-received is kept. */
async function expectNothingLeft(): Promise<void> {
	await expect.poll(async () => (await service.files()).filter((file) => /uploads\/|tmp$/.test(file))).toEqual([]);
}

/** A connection on which a test writes what it likes. */
async function open(): Promise<Socket> {
	const { hostname, port } = new URL(service.url);
	const socket = connect(Number(port), hostname);
	socket.on("error", () => undefined);
	await once(socket, "connect");
	return socket;
}

async function readAll(socket: Socket): Promise<string> {
	const chunks: Buffer[] = [];
	socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
	if (!socket.closed) {
		await once(socket, "close");
	}
	return Buffer.concat(chunks).toString();
}

describe("an upload", () => {
	it("is a body, or a part of a form", async () => {
		const { id } = await service.json("/v1/images", 201, { method: "POST", ...imageBody(cat) });
		expect(id).toBe(createHash("sha256").update(cat).digest("hex"));
		expect(await service.json("/v1/images", 201, imageForm(cat))).toMatchObject({ id, width: 120 });
		const typed = { method: "POST", body: new Uint8Array(cat), headers: { "content-type": "image/png; charset=x" } };
		expect(await service.json("/v1/images", 201, typed)).toMatchObject({ id });
		await expectNothingLeft();
	});

	it.each([
		["no image at all", rawForm(), 400, "REQUEST_INVALID"],
		["a form without the image", rawForm(fieldPart("options", "{}")), 400, "REQUEST_INVALID"],
		["a file in another part", rawForm(filePart("file")), 400, "REQUEST_INVALID"],
		["two images", rawForm(filePart("image"), filePart("image")), 413, "UPLOAD_TOO_LARGE"],
		["a field twice", rawForm(fieldPart("a", "1"), fieldPart("a", "2"), filePart("image")), 400, "REQUEST_INVALID"],
		["a long field", rawForm(fieldPart("a", "x".repeat(70_000)), filePart("image")), 413, "UPLOAD_TOO_LARGE"],
		[
			"many fields",
			rawForm(...Array.from({ length: 80 }, (_, index) => fieldPart(`a${index}`, "x")), filePart("image")),
			413,
			"UPLOAD_TOO_LARGE",
		],
		["an empty image", rawForm(filePart("image", "")), 400, "INPUT_EMPTY"],
		["an empty body", { method: "POST", body: "", headers: { "content-type": "image/png" } }, 400, "INPUT_EMPTY"],
		[
			"no boundary",
			{ method: "POST", body: "x", headers: { "content-type": "multipart/form-data" } },
			400,
			"REQUEST_INVALID",
		],
		["a form that ends early", { ...rawForm(), body: `--${BOUNDARY}\r\n${filePart("image")}` }, 400, "REQUEST_INVALID"],
		[
			"another media type",
			{ method: "POST", body: "x", headers: { "content-type": "text/html" } },
			415,
			"MEDIA_TYPE_UNSUPPORTED",
		],
		["no image inside", { method: "POST", ...imageBody(new TextEncoder().encode("hello")) }, 415, "IMAGE_UNSUPPORTED"],
		["a damaged image", { method: "POST", ...imageBody(cat.subarray(0, 30)) }, 422, "IMAGE_CORRUPT"],
		["too many bytes", { method: "POST", ...imageBody(new Uint8Array(MAX_BYTES + 1)) }, 413, "UPLOAD_TOO_LARGE"],
		["too many bytes in a form", imageForm(new Uint8Array(MAX_BYTES + 1)), 413, "UPLOAD_TOO_LARGE"],
	] as const)("is refused, and leaves nothing: %s", async (_what, init, status, code) => {
		for (const path of ["/v1/images", "/v1/segment"]) {
			const problem = await service.json(path, status, init as RequestInit);
			expect(problem).toMatchObject({ code, status });
		}
		await expectNothingLeft();
	});

	it("that does not say its size is cut off at the limit", async () => {
		let sent = 0;
		const body = new ReadableStream({
			pull(controller) {
				sent += 65_536;
				controller.enqueue(new Uint8Array(65_536));
				if (sent > 100 * MAX_BYTES) {
					controller.close();
				}
			},
		});
		const init = { method: "POST", body, duplex: "half", headers: { "content-type": "image/png" } } as RequestInit;
		const answer = await service.fetch("/v1/images", init).catch(() => undefined);
		// A client that goes on to send may miss the answer; it must not have been let to send all.
		expect([413, undefined]).toContain(answer?.status);
		expect(sent).toBeLessThan(50 * MAX_BYTES);
		await expectNothingLeft();
	});

	it("of more pixels than are allowed is refused by its header", async () => {
		const { default: sharp } = await import("sharp");
		const large = await sharp({ create: { width: 400, height: 400, channels: 3, background: "red" } })
			.png()
			.toBuffer();
		const problem = await service.json("/v1/images", 413, { method: "POST", ...imageBody(large) });
		expect(problem).toMatchObject({
			code: "IMAGE_TOO_LARGE",
			detail: expect.stringContaining("at most 100000 are allowed"),
		});
	});

	it("that does not arrive in time is answered, and closed", async () => {
		const socket = await open();
		socket.write(
			"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 1000\r\nConnection: close\r\n\r\nabc",
		);
		const answer = await readAll(socket);
		expect(answer).toMatch(/^HTTP\/1\.1 408 /);
		expect(answer).toMatch(/"code":"UPLOAD_TIMEOUT"/);
		await expectNothingLeft();
	});

	it("whose client goes away leaves nothing", async () => {
		const socket = await open();
		socket.write(
			"POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\nabc",
		);
		await expect.poll(async () => (await service.files()).some((file) => file.endsWith("tmp"))).toBe(true);
		socket.destroy();
		await expectNothingLeft();
	});

	it("has no name that leads anywhere", async () => {
		const names = ["../../etc/passwd", "..\\..\\x", "/etc/passwd", "\u0000", "a\r\nb", ".", "x".repeat(300)];
		for (const name of names) {
			const answer = await service.fetch("/v1/segment?format=coco&clusters=2", imageForm(cat, {}, name));
			const text = await answer.text();
			expect([200, 400], name).toContain(answer.status);
			expect(text).not.toMatch(/\.\.[\\/]|\/etc\//);
		}
		await expectNothingLeft();
	});
});

describe("the disk", () => {
	it("is asked for no more than it may hold", async () => {
		await using small = await startService({ maxBytes: 60_000, maxStoredBytes: 60_000 });
		const ids: string[] = [];
		for (const name of ["cat.jpg", "coffee.jpg", "rocket.jpg", "astronaut.jpg"]) {
			ids.push(await small.send(await smallExample(name)));
		}
		expect((await small.fetch(`/v1/images/${ids[0]}`)).status).toBe(404);
		expect((await small.fetch(`/v1/images/${ids[3]}`)).status).toBe(200);
		const metrics = await (await small.fetch("/metrics")).text();
		expect(Number(/^dinoseg_stored_bytes (\d+)$/m.exec(metrics)?.[1])).toBeLessThanOrEqual(60_000);
	});
});
