import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { ServiceEnv, Services } from "./services.ts";

/** Where health is asked for again and again: not worth a line in the log. */
const QUIET_PATHS: readonly string[] = ["/healthz", "/readyz", "/metrics"];
/** Where no route answered. */
const UNKNOWN_ROUTE = "unknown";

/** Write a line about each request to the log, and count it. */
export function followRequests({ log, metrics, now }: Services): MiddlewareHandler<ServiceEnv> {
	return async (context, next) => {
		const begin = now();
		await next();
		const seconds = (now() - begin) / 1000;
		const { status } = context.res;
		const { method, path } = context.req;
		// As it was sent: decoded it could hold what moves a terminal.
		const { pathname } = new URL(context.req.url);
		const matched = routePath(context, -1);
		const route = matched.includes("*") ? UNKNOWN_ROUTE : matched;
		metrics.requests.inc({ method, route, status });
		metrics.requestSeconds.observe({ route }, seconds);
		const line = {
			requestId: context.get("requestId"),
			method,
			path: pathname,
			status,
			ms: Math.round(1000 * seconds),
		};
		log[QUIET_PATHS.includes(path) ? "debug" : "info"](line, "request");
	};
}
