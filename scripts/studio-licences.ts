/**
 * Puts the licences of all that is bundled with a build of the studio into its folder, which is named. Part of the build,
 * after that of the page.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { bundledFiles, bundledPackages } from "./bundled-packages.ts";
import { ROOT } from "./workspaces.ts";

const dist = `${ROOT}${process.argv[2]}`;
const packages = bundledPackages(bundledFiles(dist)).map(({ name, version, licence, text }) => {
	return { title: `${name} ${version} (${licence})`, text };
});
// Its outlines are among the sources of core.
const font = {
	title: "Inter (OFL-1.1)",
	text: readFileSync(`${ROOT}packages/core/src/render/FONT-LICENSE.txt`, "utf8"),
};
const parts = [...packages, font].map(({ title, text }) => `## ${title}\n\n\`\`\`\n${text.trim()}\n\`\`\`\n`);
writeFileSync(`${dist}/licences.md`, `# What the studio is made of\n\n${parts.join("\n")}`);
