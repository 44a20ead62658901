/** Prints what an installation for deployment takes of the disk: `npm run build && npx tsx scripts/deploy-size.ts`. */
import { packageSizes, removeForeignBinaries, totalOf } from "./deployment.ts";
import { createFreshProject } from "./packed-packages.ts";

const LISTED = 10;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

await using project = await createFreshProject();
const before = totalOf(await packageSizes(project.folder));
await removeForeignBinaries(project.folder);
const sizes = await packageSizes(project.folder);
const rows = [
	["All packages as npm installs them", before],
	[`Without binaries of other platforms than ${process.platform} ${process.arch}`, totalOf(sizes)],
	...sizes.slice(0, LISTED).map(({ name, bytes }) => [`\`${name}\``, bytes] as const),
] as const;
console.log("| What | MB |\n| --- | ---: |");
for (const [name, bytes] of rows) {
	console.log(`| ${name} | ${megabytes(bytes)} |`);
}
