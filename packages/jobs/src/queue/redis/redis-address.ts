import { DinosegError } from "@dinoseg/core/errors";
import type { RedisOptions } from "ioredis";

/** Where a Redis is, and how to enter. */
export interface RedisAddress {
	/** The address without user and password. */
	readonly shown: string;
	readonly options: Readonly<Pick<RedisOptions, "host" | "port" | "username" | "password" | "db" | "tls">>;
}

const ALLOWED =
	"Give redis://[[user]:password@]host[:port][/database] or, with TLS, rediss://…. In user and password, write %25 for %, %2F for /, %3F for ?, %23 for #, %40 for @.";

/**
 * Read the address of a Redis.
 *
 * @throws DinosegError OPTION_INVALID. It shows host and port at most: anything else could be a piece of a password.
 */
export function parseRedisUrl(url: string): RedisAddress {
	const refuse = (what: string) => new DinosegError("OPTION_INVALID", `The address of the queue ${what}. ${ALLOWED}`);
	const scheme = /^[a-z][a-z\d+.-]*:/i.exec(url)?.[0].toLowerCase();
	if (scheme !== "redis:" && scheme !== "rediss:") {
		// Without a scheme, a user or password is what it begins with.
		throw refuse(scheme === undefined || url.includes("@") ? "is no address" : `begins with ${scheme}`);
	}
	if (!URL.canParse(url)) {
		throw refuse("is malformed");
	}
	const { hostname, port, username, password, pathname, search, hash } = new URL(url);
	const server = `${scheme}//${hostname}:${port || 6379}`;
	const [user, secret] = [username, password].map(decoded);
	const database = /^\/?(\d{0,9})$/.exec(pathname)?.[1];
	if (user === undefined || secret === undefined) {
		throw refuse(`of ${server} has a user or password with a % that is not followed by two hexadecimal digits`);
	}
	if (hostname === "" || database === undefined || search !== "" || hash !== "") {
		// With a slash in the password, what looks like the server is its beginning.
		const where = /@/.test(pathname + search + hash) ? "" : `of ${server} `;
		throw refuse(`${where}has something else behind it than the number of a database`);
	}
	const shown = database === "" ? server : `${server}/${database}`;
	return {
		shown,
		options: {
			host: hostname.replace(/^\[(.*)\]$/, "$1"),
			port: Number(port || 6379),
			db: Number(database),
			...(user === "" ? {} : { username: user }),
			...(secret === "" ? {} : { password: secret }),
			...(scheme === "rediss:" ? { tls: {} } : {}),
		},
	};
}

function decoded(part: string): string | undefined {
	try {
		return decodeURIComponent(part);
	} catch {
		return undefined;
	}
}
