/**
 * Puts the page that describes the service beside its built code: our own files, and those of Swagger UI that it needs.
 * The package of these is not installed with dinoseg, for one that it depends on tells its makers of each installation.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { ROOT } from "./workspaces.ts";

const server = `${ROOT}apps/server`;
const target = `${server}/dist/documentation`;
const swagger = dirname(createRequire(`${server}/package.json`).resolve("swagger-ui-dist/package.json"));

mkdirSync(target, { recursive: true });
for (const [folder, names] of [
	[`${server}/documentation`, ["index.html", "page.css", "start.js"]],
	[swagger, ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui-bundle.js.LICENSE.txt"]],
] as const) {
	for (const name of names) {
		copyFileSync(`${folder}/${name}`, `${target}/${name}`);
	}
}
