import { openQueue } from "@dinoseg/jobs";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe } from "vitest";
import { hasRedis, type RedisServer, startRedis } from "../../../../fixtures/redis-server.ts";
import { itIsAQueue } from "./queue-contract.ts";

describe.skipIf(!hasRedis)("the queue on Redis", () => {
	let server: RedisServer;
	beforeAll(async () => {
		server = await startRedis();
	});
	afterAll(() => server[Symbol.asyncDispose]());

	itIsAQueue(async (options) => {
		const client = new Redis(server.url);
		await client.flushall();
		client.disconnect();
		return openQueue(server.url, options);
	});
});
