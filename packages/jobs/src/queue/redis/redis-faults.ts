import { DinosegError } from "@dinoseg/core/errors";

/** What a Redis, or the way to it, did wrong. */
export type RedisFault =
	/** The connection was lost, or the server is just starting. */
	| "away"
	/** The server answered that it will not. */
	| "refused"
	/** Something else: a fault of a program. */
	| "other";

/** Answers of a server that is not ready yet. */
const STARTING = /^(LOADING|MASTERDOWN|TRYAGAIN|BUSY)\b/;
/** Errors of ioredis and BullMQ about the connection that have no code of the system. */
const CONNECTION =
	/^(Connection is closed|Command aborted|Socket (timeout|closed)|Unknown RESP type|connect ETIMEDOUT)/;

export function redisFault(thrown: unknown): RedisFault {
	const { name, message, code } = thrown as Error & { code?: unknown };
	if (name === "ReplyError") {
		return STARTING.test(message) ? "away" : "refused";
	}
	return CONNECTION.test(message) || (typeof code === "string" && /^E[A-Z_]+$/.test(code)) ? "away" : "other";
}

/** What to do about an answer, by its first word. */
const REMEDIES: Readonly<Record<string, string>> = {
	OOM: "Its memory is full. Raise maxmemory (redis-cli CONFIG SET maxmemory 1gb), or let workers take jobs out; then run the same command again: nothing is lost.",
	NOAUTH: "Put the password into the address: redis://:PASSWORD@host, or redis://USER:PASSWORD@host.",
	WRONGPASS: "Check user and password in the address.",
	NOPERM: "Let the user of the address run all commands on the keys dinoseg:*, and INFO.",
	READONLY: "It is a replica. Give the address of the primary server.",
	MISCONF: "It cannot write its data to the disk. See its log; then run the same command again: nothing is lost.",
	MOVED: "It is part of a cluster. Give the address of a Redis without cluster mode.",
};

/**
 * The error that people see where a server will not.
 *
 * Never the cause: it holds the command that was sent, so passwords too.
 */
export function refusedByRedis(shown: string, answer: string): DinosegError {
	const remedy = REMEDIES[/^[A-Z]+/.exec(answer)?.[0] ?? ""] ?? "See its log.";
	return new DinosegError("QUEUE_REFUSED", `The Redis at ${shown} answers “${answer.replace(/\.$/, "")}”. ${remedy}`);
}
