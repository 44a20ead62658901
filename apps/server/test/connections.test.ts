import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, readlink } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { imageForm, startService, type TestService, useService } from "./support/service.ts";

const cat = await smallExample("cat.jpg");

/** A connection on which a test writes what it likes, and what came back so far. */
async function open({
	url,
}: TestService): Promise<{ readonly socket: Socket; text(): string; ended(): Promise<string> }> {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	const chunks: Buffer[] = [];
	socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
	socket.on("error", () => undefined);
	const text = () => Buffer.concat(chunks).toString("latin1");
	const closed = once(socket, "close");
	await once(socket, "connect");
	return { socket, text, ended: () => closed.then(text) };
}

const head = (path: string, headers: Readonly<Record<string, string | number>>, method = "POST") =>
	`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${Object.entries(headers)
		.map(([name, value]) => `${name}: ${value}\r\n`)
		.join("")}\r\n`;

describe("a connection", () => {
	const service = useService({ maxQueue: 1 });

	it("is closed after a body that was not read to its end, so that the next request is not lost", async () => {
		const { socket, ended } = await open(service);
		const begin = '--b\r\nContent-Disposition: form-data; name="other"; filename="a"\r\n\r\nx';
		socket.write(
			head("/v1/images", { "Content-Type": "multipart/form-data; boundary=b", "Content-Length": 1e6 }) + begin,
		);
		const answer = await ended();
		expect(answer).toMatch(/^HTTP\/1\.1 400 /);
		expect(answer).toMatch(/\r\nconnection: close\r\n/i);
	});

	it("is told that a body is wanted only where it is", async () => {
		const waiting = { "Content-Type": "image/png", "Content-Length": cat.length, Expect: "100-continue" };
		const { socket, text } = await open(service);
		socket.write(head("/v1/images", waiting));
		await expect.poll(text).toBe("HTTP/1.1 100 Continue\r\n\r\n");
		socket.write(cat);
		await expect.poll(text).toMatch(/HTTP\/1\.1 201 /);
		socket.destroy();

		const refused = await open(service);
		refused.socket.write(head("/v1/images", { ...waiting, "Content-Type": "text/plain" }));
		await expect.poll(refused.text).toMatch(/^HTTP\/1\.1 415 /);
		refused.socket.destroy();

		const json = await open(service);
		const body = JSON.stringify({ imageId: "0".repeat(64) });
		json.socket.write(
			head("/v1/segmentations", {
				"Content-Type": "application/json",
				"Content-Length": body.length,
				Expect: "100-continue",
			}),
		);
		await expect.poll(json.text).toBe("HTTP/1.1 100 Continue\r\n\r\n");
		json.socket.write(body);
		await expect.poll(json.text).toMatch(/HTTP\/1\.1 404 /);
		json.socket.destroy();
	});

	it("that asks for the head of a large file leaves it closed", async () => {
		const noise = randomBytes(1600 * 1000 * 3);
		const image = await sharp(noise, { raw: { width: 1600, height: 1000, channels: 3 } })
			.png({ compressionLevel: 0 })
			.toBuffer();
		const id = await service.segment(await service.send(image), { inputSize: 56, clusters: 2, smooth: "none" });
		const path = `/v1/segmentations/${id}/overlay.png`;
		const { byteLength } = await (await service.fetch(path)).arrayBuffer();
		expect(byteLength).toBeGreaterThan(2 ** 22);
		for (let round = 0; round < 5; round++) {
			const answer = await service.fetch(path, { method: "HEAD" });
			expect([answer.status, answer.headers.get("content-length")]).toEqual([200, String(byteLength)]);
		}
		const opened = await Promise.all(
			(await readdir("/proc/self/fd").catch(() => [])).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
		);
		expect(opened.filter((file) => file.includes(id))).toEqual([]);
	});
});

describe("an image that is sent and forgotten at the same time", () => {
	it("is there whole, or not at all", async () => {
		await using service = await startService();
		const id = await service.send(cat);
		for (let round = 0; round < 10; round++) {
			const statuses = await Promise.all([
				service.fetch(`/v1/images/${id}`, { method: "DELETE" }),
				service.fetch("/v1/images", imageForm(cat)),
				service.fetch(`/v1/images/${id}`, { method: "DELETE" }),
				service.fetch("/v1/images", imageForm(cat)),
			]).then((answers) => answers.map(({ status }) => status));
			expect(
				statuses.every((status) => [201, 204, 404].includes(status)),
				statuses.join(),
			).toBe(true);
			const known = (await service.fetch(`/v1/images/${id}`)).status;
			const { status } = await service.fetch(`/v1/images/${id}/tokens?inputSize=56`);
			expect([known, status], statuses.join()).toEqual(known === 200 ? [200, 200] : [404, 404]);
		}
	});
});

describe("an upload during the end of the service", () => {
	it("is answered", async () => {
		await using service = await startService();
		const { socket, ended } = await open(service);
		socket.write(head("/v1/images", { "Content-Type": "image/png", "Content-Length": cat.length }));
		socket.write(cat.subarray(0, 100));
		await expect.poll(async () => (await service.files()).some((file) => file.endsWith("tmp"))).toBe(true);
		const closing = service.close();
		socket.write(cat.subarray(100));
		expect(await ended()).toMatch(/^HTTP\/1\.1 201 /);
		expect(await closing).toBe(true);
	});
});

describe("the log", () => {
	const service = useService();

	it("holds nothing that moves a terminal", async () => {
		await service.fetch("/%1b[31mred%0aforged");
		const paths = service.log.map(({ path }) => path ?? "");
		expect(paths).toContain("/%1b[31mred%0aforged");
		expect(paths.some((path) => path.includes("\u001b") || path.includes("\n"))).toBe(false);
	});
});
