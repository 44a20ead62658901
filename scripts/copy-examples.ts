/**
 * Puts the example photographs where the page of the studio finds them, with a list of what they show and whose they are,
 * from their README.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { examplesOf } from "./examples-of.ts";
import { ROOT } from "./workspaces.ts";

const target = `${ROOT}apps/studio/public/examples`;
const examples = examplesOf(readFileSync(`${ROOT}examples/README.md`, "utf8"));

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const { name } of examples) {
	copyFileSync(`${ROOT}examples/${name}`, `${target}/${name}`);
}
writeFileSync(`${target}/examples.json`, `${JSON.stringify(examples, null, "\t")}\n`);
