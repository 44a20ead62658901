import { createRoute, z } from "@hono/zod-openapi";
import { jobSchema, json, location, modelsSchema, problems } from "../api/schemas.ts";
import type { ServiceApp, Services } from "../app/services.ts";

const tags = ["models"];

const listRoute = createRoute({
	method: "get",
	path: "/v1/models",
	operationId: "listModels",
	tags,
	summary: "The models that requests can name",
	responses: { 200: json(modelsSchema, "The models"), ...problems() },
});

const pullRoute = createRoute({
	method: "post",
	path: "/v1/models/{name}/pull",
	operationId: "pullModel",
	tags,
	summary: "Download a model of the hub",
	description: "Only models of the list can be named. The job tells how far the download is.",
	request: { params: z.object({ name: z.string().max(64).openapi({ example: "dinov2-small" }) }) },
	responses: { 202: json(jobSchema, "The download has begun", location), ...problems(404) },
});

/** Models are listed and downloaded. */
export function addModels(app: ServiceApp, { models, jobs }: Services): void {
	app.openapi(listRoute, async (context) => context.json({ models: await models.list() }, 200));

	app.openapi(pullRoute, (context) => {
		const { name } = context.req.valid("param");
		models.checkPullable(name);
		const { id, status } = jobs.start(`pull-${name}`, (signal, tell) => models.pull(name, signal, tell), true);
		return context.json({ id, status }, 202, { Location: `/v1/jobs/${id}` });
	});
}
