import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { inspect } from "node:util";
import type { DinosegError } from "@dinoseg/core/errors";
import { openQueue } from "@dinoseg/jobs";
import { describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "../../../../fixtures/redis-server.ts";

const SECRET = "s3cret";

/** What is said of a queue that cannot be opened; nowhere a password. */
async function refusal(url: string): Promise<Pick<DinosegError, "code" | "message">> {
	const error = await openQueue(url, { connectMs: 400 }).then(
		() => expect.fail("It was opened."),
		(thrown) => thrown,
	);
	expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(SECRET);
	return error;
}

/** A server that is no Redis. */
async function listen(answer: (socket: Socket) => void) {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		answer(socket);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as { port: number }).port,
		async [Symbol.asyncDispose]() {
			server.close();
			for (const socket of sockets) {
				socket.destroy();
			}
			await once(server, "close");
		},
	};
}

describe("openQueue", () => {
	it.each([
		["amqp://host", /begins with amqp:\. Give redis:/],
		["localhost:6379", /begins with localhost:\. Give redis:/],
		["", /is no address\. Give redis:/],
		[`redis//:${SECRET}@host`, /is no address/],
		[`redis://:${SECRET}@host/queue`, /of redis:\/\/host:6379 has something else behind it/],
		[`redis://me:${SECRET}@host:1/2?db=3`, /of redis:\/\/host:1 has something else/],
		[`redis://me:1#${SECRET}@host`, /^The address of the queue has something else.*%23 for #/],
		[`redis://me:1/${SECRET}@host`, /^The address of the queue has something else.*%2F for \//],
		[`redis://1/${SECRET}@host`, /^The address of the queue has something else.*%2F for \//],
		[`redis:/:${SECRET}@host`, /^The address of the queue has something else/],
		[`me:${SECRET}@host`, /^The address of the queue is no address/],
		[`${SECRET}:1@host`, /^The address of the queue is no address/],
		[`redis://:a/${SECRET}@host`, /is malformed/],
		[`redis://:${SECRET}%@host`, /of redis:\/\/host:6379 has a user or password with a %/],
		["redis://", /has something else|is malformed/],
	])("refuses the address %s", async (url, message) => {
		expect(await refusal(url)).toMatchObject({ code: "OPTION_INVALID", message: expect.stringMatching(message) });
	});

	it("says that nobody listens", async () => {
		const server = await listen(() => {});
		await server[Symbol.asyncDispose]();
		const shown = `redis://127.0.0.1:${server.port}`;
		expect(await refusal(`redis://:${SECRET}@127.0.0.1:${server.port}`)).toMatchObject({
			code: "QUEUE_UNREACHABLE",
			message: expect.stringMatching(`^No Redis can be reached at ${shown}: .*ECONNREFUSED`),
		});
	});

	it("says that there is no such host", async () => {
		expect(await refusal(`redis://:${SECRET}@no-such-host.invalid`)).toMatchObject({
			code: "QUEUE_UNREACHABLE",
			message: expect.stringMatching(/at redis:\/\/no-such-host\.invalid:6379: .*(ENOTFOUND|EAI_AGAIN)/),
		});
	});

	it("says that something else answers, or nothing at all", async () => {
		await using web = await listen((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
		await using silent = await listen(() => {});
		expect(await refusal(`redis://:${SECRET}@127.0.0.1:${web.port}`)).toMatchObject({
			code: "QUEUE_UNREACHABLE",
			message: expect.stringMatching(/answers something else than a Redis does/),
		});
		expect(await refusal(`redis://:${SECRET}@127.0.0.1:${silent.port}`)).toMatchObject({
			code: "QUEUE_UNREACHABLE",
			message: expect.stringMatching(/accepts connections, but says nothing/),
		});
		expect(await refusal(`rediss://:${SECRET}@127.0.0.1:${web.port}`)).toMatchObject({
			code: "QUEUE_UNREACHABLE",
			message: expect.stringMatching(/does not speak TLS/),
		});
	});

	it("refuses a server that is too old", async () => {
		await using old = await listen((socket) => {
			socket.on("data", (data) => {
				for (const [, name] of data.toString().matchAll(/^\*\d+\r\n\$\d+\r\n(\w+)/gm)) {
					const info = "redis_version:6.2.14\r\nmaxmemory_policy:noeviction\r\n";
					socket.write(
						name.toLowerCase() === "info" ? `$${info.length}\r\n${info}\r\n` : `-ERR unknown command '${name}'\r\n`,
					);
				}
			});
		});
		expect(await refusal(`redis://127.0.0.1:${old.port}`)).toMatchObject({
			code: "QUEUE_REFUSED",
			message: expect.stringMatching(/has version 6\.2\.14\. A queue needs Redis 7\.0/),
		});
	});

	describe.skipIf(!hasRedis)("of a real server", () => {
		it("wants the password, and shows it nowhere", async () => {
			await using server = await startRedis("--requirepass", SECRET);
			const at = (user: string) => server.url.replace("//", `//${user}@`);
			expect(await refusal(server.url)).toMatchObject({
				code: "QUEUE_REFUSED",
				message: expect.stringMatching(/NOAUTH.*redis:\/\/:PASSWORD@host/),
			});
			expect(await refusal(at(":wrong"))).toMatchObject({
				code: "QUEUE_REFUSED",
				message: expect.stringMatching(/WRONGPASS.*Check user and password/),
			});
			expect(await refusal(at(`nobody:${SECRET}`))).toMatchObject({ code: "QUEUE_REFUSED" });
			await using queue = await openQueue(`${at(`:${SECRET}`)}/3`);
			expect(queue.url).toBe(`${server.url}/3`);
			expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
		});

		it.each([
			[["--maxmemory-policy", "allkeys-lru"], /policy allkeys-lru.*CONFIG SET maxmemory-policy noeviction/],
			[["--replicaof", "127.0.0.1 1"], /is a replica/],
			[["--cluster-enabled", "yes"], /is part of a cluster/],
		])("refuses one with %j", async (flags, message) => {
			await using server = await startRedis(...flags);
			expect(await refusal(server.url)).toMatchObject({
				code: "QUEUE_REFUSED",
				message: expect.stringMatching(message),
			});
		});

		it("waits for one that is just starting", async () => {
			await using server = await startRedis();
			await server.kill();
			const opening = openQueue(server.url, { connectMs: 20_000 });
			await server.start();
			await using queue = await opening;
			expect(await queue.listRuns()).toEqual([]);
		});
	});
});
