import { readFile } from "node:fs/promises";
import { VERSION } from "@dinoseg/core";
import type { ServiceApp } from "../app/services.ts";

/** What the page is made of. The scripts and styles of Swagger UI are copied at the build. */
const FILES: Readonly<Record<string, string>> = {
	"index.html": "text/html; charset=utf-8",
	"page.css": "text/css; charset=utf-8",
	"start.js": "text/javascript; charset=utf-8",
	"swagger-ui-bundle.js": "text/javascript; charset=utf-8",
	"swagger-ui.css": "text/css; charset=utf-8",
};

/** Where they lie beside the built code. */
const FOLDER = new URL("../documentation/", import.meta.url);

/** The page that describes the service, from our own files. */
export function addDocumentation(app: ServiceApp): void {
	app.get("/docs", (context) => context.redirect("/docs/"));
	for (const [name, mediaType] of Object.entries(FILES)) {
		app.get(`/docs/${name === "index.html" ? "" : name}`, async (context) =>
			context.body(new Uint8Array(await readFile(new URL(name, FOLDER))), 200, {
				"Content-Type": mediaType,
				"Cache-Control": "no-cache",
			}),
		);
	}
}

/** The description itself, made from the routes that the application has. */
export function describeApi(app: ServiceApp): void {
	app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
	app.doc31("/openapi.json", {
		openapi: "3.1.0",
		info: {
			title: "dinoseg",
			version: VERSION,
			description: "Image segmentation without labels, over HTTP.",
			license: { name: "Apache-2.0" },
		},
		servers: [{ url: "/" }],
		security: [{}, { token: [] }],
	});
}
