import { setTimeout as wait } from "node:timers/promises";
import { DinosegError } from "@dinoseg/core/errors";
import type { Redis } from "ioredis";
import type { RedisAddress } from "./redis-address.ts";
import { redisFault, refusedByRedis } from "./redis-faults.ts";

/** Milliseconds before a server that is not there is asked again. */
const RETRY_MS = 250;
/** What is met while a server, or its network, starts. What a name server or a certificate says does not pass. */
const PASSING = new Set([
	"ECONNREFUSED",
	"ECONNRESET",
	"EPIPE",
	"EAI_AGAIN",
	"ETIMEDOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
]);
const NO_REDIS = "it answers something else than a Redis does";
/** Errors that say less than they mean. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
	[/^Unknown RESP type/, NO_REDIS],
	[/wrong version number/, "it does not speak TLS, so its address begins with redis://"],
	[/^Connection is closed/, "it closes the connection; with TLS its address begins with rediss://"],
];

/**
 * See that a server is there and can keep a queue.
 *
 * @param withinMs how long to wait for a server that is just starting.
 * @throws DinosegError QUEUE_UNREACHABLE, QUEUE_REFUSED
 */
export async function probeRedis({ shown, options }: RedisAddress, withinMs: number): Promise<void> {
	const { Redis } = await import("ioredis");
	const deadline = AbortSignal.timeout(withinMs);
	let reason: string;
	do {
		const client = new Redis({ ...options, lazyConnect: true, enableReadyCheck: false, retryStrategy: () => null });
		const info = await readInfo(client, deadline);
		if (typeof info === "string" && !/^loading:1/m.test(info)) {
			return checkServer(shown, info);
		}
		if (typeof info !== "string" && redisFault(info) === "refused") {
			throw refusedByRedis(shown, info.message);
		}
		reason = typeof info === "string" ? "it is loading its data" : meaningOf(info);
		const lasts = typeof info !== "string" && (info.code === undefined ? reason === NO_REDIS : !PASSING.has(info.code));
		if (lasts) {
			break;
		}
		await wait(RETRY_MS, undefined, { signal: deadline }).catch(() => undefined);
	} while (!deadline.aborted);
	throw new DinosegError(
		"QUEUE_UNREACHABLE",
		`No Redis can be reached at ${shown}: ${reason}. Check host and port, and that the server runs and a firewall lets you through.`,
	);
}

/** What INFO answers, or why it does not. */
async function readInfo(client: Redis, deadline: AbortSignal): Promise<string | (Error & { code?: string })> {
	// ioredis tells of what ends a connection by the event, of what a command meets by its promise.
	let first: Error | undefined;
	client.on("error", (error) => {
		first ??= error;
	});
	const leave = () => {
		first ??= new Error(client.status === "connecting" ? "nobody answers" : "it accepts connections, but says nothing");
		client.disconnect();
	};
	deadline.addEventListener("abort", leave);
	try {
		await client.connect();
		return await client.info();
	} catch (thrown) {
		return first ?? (thrown as Error);
	} finally {
		deadline.removeEventListener("abort", leave);
		client.disconnect();
	}
}

function meaningOf({ message, code }: Error & { code?: string }): string {
	const meaning = MEANINGS.find(([pattern]) => pattern.test(message))?.[1];
	return meaning ?? (message.split("\n", 1)[0] || (code ?? "the connection fails"));
}

/** @param info what INFO answers. @throws DinosegError QUEUE_REFUSED */
function checkServer(shown: string, info: string): void {
	const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
	const refuse = (what: string) => {
		throw new DinosegError("QUEUE_REFUSED", `The Redis at ${shown} ${what}`);
	};
	const version = field("redis_version") ?? "unknown";
	if (!(Number.parseInt(version, 10) >= 7)) {
		refuse(`has version ${version}. A queue needs Redis 7.0 or later, or Valkey.`);
	}
	const policy = field("maxmemory_policy") ?? "unknown";
	if (policy !== "noeviction") {
		refuse(
			`has the eviction policy ${policy}: when its memory is full, it would drop jobs. A queue needs noeviction: redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.`,
		);
	}
	if (field("role") === "slave") {
		refuse("is a replica. Give the address of the primary server.");
	}
	if (field("cluster_enabled") === "1") {
		refuse("is part of a cluster. Give the address of a Redis without cluster mode.");
	}
}
