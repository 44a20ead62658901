/**
 * Puts the licences of all that is bundled with a build of the studio into its folder, which is named. Part of the build,
 * after that of the page.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { licenceSection, licencesOf } from "./bundled-packages.ts";
import { ROOT } from "./workspaces.ts";

const dist = `${ROOT}${process.argv[2]}`;
// Its outlines are among the sources of core.
const font = licenceSection(
	"Inter (OFL-1.1)",
	readFileSync(`${ROOT}packages/core/src/render/FONT-LICENSE.txt`, "utf8"),
);
writeFileSync(`${dist}/licences.md`, `# What the studio is made of\n\n${licencesOf(dist)}\n${font}`);
