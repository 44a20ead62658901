import { VERSION } from "@dinoseg/core";
import { createRoute, z } from "@hono/zod-openapi";
import { healthSchema, json, problemsOf, retryAfter } from "../api/schemas.ts";
import type { ServiceApp, Services } from "../app/services.ts";

const tags = ["health"];

const healthRoute = createRoute({
	method: "get",
	path: "/healthz",
	operationId: "getHealth",
	tags,
	security: [],
	summary: "Whether the process is alive",
	responses: { 200: json(healthSchema, "It is"), ...problemsOf(403, 500) },
});

const readyRoute = createRoute({
	method: "get",
	path: "/readyz",
	operationId: "getReadiness",
	tags,
	security: [],
	summary: "Whether requests are taken",
	responses: {
		200: json(healthSchema, "They are"),
		503: json(healthSchema, "They are not", retryAfter),
		...problemsOf(403, 500),
	},
});

const metricsRoute = createRoute({
	method: "get",
	path: "/metrics",
	operationId: "getMetrics",
	tags,
	summary: "Counts and times, for Prometheus",
	responses: {
		200: { description: "The metrics", content: { "text/plain": { schema: z.string() } } },
		...problemsOf(401, 403, 500),
	},
});

/** What machines ask that watch the service. */
export function addHealth(app: ServiceApp, { isReady, metrics, jobs }: Services): void {
	app.openapi(healthRoute, (context) => context.json({ status: "ok" as const, version: VERSION }, 200));

	app.openapi(readyRoute, (context) =>
		isReady()
			? context.json({ status: "ok" as const, version: VERSION }, 200)
			: context.json({ status: "stopping" as const, version: VERSION }, 503, {
					"Retry-After": String(jobs.retryAfterSeconds()),
				}),
	);

	app.openapi(metricsRoute, async (context) =>
		context.text(await metrics.registry.metrics(), 200, { "Content-Type": metrics.registry.contentType }),
	);
}
