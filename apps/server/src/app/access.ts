import { createHash, timingSafeEqual } from "node:crypto";
import { DinosegError } from "@dinoseg/core/errors";
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { isLoopbackHost } from "../server-options.ts";

/** Who may use the service. */
export interface AccessRules {
	/** @default nobody needs one */
	readonly token: string | undefined;
	/** Whether the service listens on this machine alone. Then requests that name another host are refused. */
	readonly isLoopback: boolean;
	/** Pages of other origins that may use it. */
	readonly origins: readonly string[];
}

/**
 * Refuse requests that a page of another origin may have sent.
 *
 * A page can make a name of its own stand for 127.0.0.1 (DNS rebinding), and the browser then takes it for the service;
 * the Host that it sends gives it away. Its Origin does so where it sends to the real address.
 */
export function checkOrigin({ isLoopback, origins }: AccessRules): MiddlewareHandler {
	return async (context, next) => {
		const host = context.req.header("host") ?? "";
		if (isLoopback && !isLoopbackHost(host.replace(/:\d+$/, ""))) {
			throw new DinosegError(
				"ORIGIN_REFUSED",
				`Host must be localhost, 127.0.0.1 or [::1], got ${JSON.stringify(host)}. To serve others, start the service with --host and --token.`,
				{ details: { host } },
			);
		}
		const origin = context.req.header("origin");
		if (origin !== undefined && !origins.includes(origin) && !isOriginOf(origin, host)) {
			throw new DinosegError(
				"ORIGIN_REFUSED",
				`Origin must be that of the service, got ${JSON.stringify(origin)}. To let its pages in, start the service with --allow-origin.`,
				{ details: { origin } },
			);
		}
		await next();
	};
}

/** Let pages of some other origins read the answers; without any there are no such headers. */
export function allowOrigins({ origins }: AccessRules): MiddlewareHandler {
	if (origins.length === 0) {
		return async (_context, next) => next();
	}
	return cors({
		origin: [...origins],
		allowHeaders: ["authorization", "content-type", "if-none-match", "last-event-id"],
		exposeHeaders: ["etag", "location", "content-location", "retry-after", "dinoseg-warnings", "dinoseg-shape"],
		maxAge: 600,
	});
}

/** Ask for the token, if there is one. */
export function checkToken({ token }: AccessRules): MiddlewareHandler {
	const expected = token === undefined ? undefined : digest(token);
	return async (context, next) => {
		if (expected !== undefined) {
			const [, given] = /^Bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "") ?? [];
			// Digests are of one length, and comparing them takes as long whatever they are.
			if (!timingSafeEqual(digest(given ?? ""), expected)) {
				context.header("WWW-Authenticate", 'Bearer realm="dinoseg"');
				throw new DinosegError(
					"TOKEN_REQUIRED",
					given === undefined
						? "The service wants a token: Authorization: Bearer TOKEN."
						: "The token is not that of the service. Ask whoever runs it.",
				);
			}
		}
		await next();
	};
}

function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}

function isOriginOf(origin: string, host: string): boolean {
	try {
		const { protocol, host: own } = new URL(origin);
		return (protocol === "http:" || protocol === "https:") && own === host.toLowerCase();
	} catch {
		return false;
	}
}
