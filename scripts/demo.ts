/** Runs the main job on a bundled example and tells where the figure is. `npm run demo [example] [flags…]`. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const DEFAULT = "tissue";
const root = fileURLToPath(new URL("..", import.meta.url));
const [first = DEFAULT, ...rest] = process.argv.slice(2);
const flags = first.startsWith("-") ? [first, ...rest] : rest;
const example = first.startsWith("-") ? DEFAULT : basename(first, ".jpg");
const file = `${example}.jpg`;

const known = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".jpg"));
if (!known.includes(file)) {
	console.error(
		`There is no example "${example}". Known are ${known.map((name) => basename(name, ".jpg")).join(", ")}.`,
	);
	process.exit(2);
}
const cli = join(root, "apps/cli/bin/dinoseg.js");
const args = ["segment", join("examples", file), "--output", join("out", "demo"), "--force", ...flags];
const { status } = spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: "inherit" });
if (status === 0) {
	console.log(join("out", "demo", example, "figure.png"));
}
process.exitCode = status ?? 1;
