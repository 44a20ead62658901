import type { createRoute } from "@hono/zod-openapi";
import type { Handler } from "hono";
import type { ServiceApp, ServiceEnv } from "../app/services.ts";

/**
 * Add a route whose handler reads the request itself: what a schema would check, it checks with better messages, and a body
 * that the schema would hold in memory, it writes to the disk.
 */
export function addRoute(app: ServiceApp, route: ReturnType<typeof createRoute>, handler: Handler<ServiceEnv>): void {
	app.openAPIRegistry.registerPath(route);
	app.on(route.method.toUpperCase(), route.path.replaceAll(/\{(\w+)\}/g, ":$1"), handler);
}
