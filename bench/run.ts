/**
 * `npm run bench`: ours beside its rivals in one run, written to docs/benchmarks.md.
 *
 * `--only <text,text>`: only tables whose name contains one of the texts (pca, k-means, median, resize, upsample, smooth,
 * regions, region-tree, start, event loop, stages, throughput, service, studio, relabelling, exports, sizes), printed instead
 * of written. `--quick`: few runs, small pictures, no memory; printed.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { GROUPS } from "./cases/index.ts";
import { eventLoopTable } from "./event-loop.ts";
import { EXPORT_SEGMENTS, exportsTable } from "./exports.ts";
import type { BenchGroup } from "./harness/bench-case.ts";
import { type CaseRow, groupTable } from "./harness/group-table.ts";
import { peakMemory } from "./harness/memory.ts";
import { progress } from "./harness/progress.ts";
import { type Rivals, startRivals } from "./harness/rivals.ts";
import { runCase } from "./harness/run-case.ts";
import { stageTable } from "./harness/stage-table.ts";
import { type ArrayStore, createArrayStore } from "./inputs/array-store.ts";
import { JOB, QUICK_JOB, relabelling } from "./relabelling.ts";
import { SERVICE_SIDES, serviceTable } from "./service.ts";
import { sizesTable } from "./sizes.ts";
import { IDLE, PHOTOGRAPH, STAGES } from "./stages.ts";
import { startTable } from "./start.ts";
import { studioTable } from "./studio.ts";
import { THROUGHPUT_PHOTOGRAPHS, throughputTable } from "./throughput.ts";

const REPORT = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));

const { values: flags } = parseArgs({
	options: { only: { type: "string", default: "" }, quick: { type: "boolean", default: false } },
});
const isQuick = flags.quick;

interface Section {
	readonly name: string;
	/** The section in Markdown. */
	write(store: ArrayStore, rivals: Rivals | undefined): Promise<string>;
}

function groupSection(group: BenchGroup): Section {
	return {
		name: group.name,
		async write(store, rivals) {
			const rows: CaseRow[] = [];
			for (const entry of group.cases.filter(({ isLarge }) => !(isQuick && isLarge))) {
				const result = await runCase(entry, { store, rivals, isQuick });
				const peak = isQuick ? "–" : peakMemory(`${group.name}: ${entry.name}`, store.folder);
				rows.push({ name: entry.name, result, peakMemory: peak });
				progress(`${group.name}: ${entry.name}`);
			}
			return `### ${group.title}\n\n${group.about}\n\n${groupTable(group, rows)}`;
		},
	};
}

const SECTIONS: readonly Section[] = [
	{
		name: "start",
		write: async () => `## Start

The whole process, from its start to its end. The lines take turns; \`npm run bench -- --only start\` prints this table alone.

${await startTable(isQuick)}`,
	},
	{
		name: "event loop",
		write: async () => `## The event loop of the caller

How long it stands still while \`segment()\` works in threads of its own, from a file. \`npm run bench -- --only "event loop"\`
prints this table alone.

${await eventLoopTable(isQuick)}`,
	},
	{
		name: "stages",
		write: async (store) => `## The whole job

The bundled model at the default input size of 518 on \`${PHOTOGRAPH}\`, default options. \`load\` is getting the network
ready, once per process. \`whole job\` is everything from the file to the label map, without writing files.

${await stageTable(STAGES, { store, isQuick })}`,
	},
	{
		name: "throughput",
		write: async () => `## Many photographs

${isQuick ? "A few" : THROUGHPUT_PHOTOGRAPHS} of the example photographs with the bundled model, from the files to all files of the results, without a token
cache. The time of the start is taken off: that of the same line with one photograph. The lines take turns;
\`npm run bench -- --only throughput\` prints this table alone.

${await throughputTable(isQuick)}`,
	},
	{
		name: "service",
		write: async () => `## Over HTTP

A photograph of ${SERVICE_SIDES.width} x ${SERVICE_SIDES.height} pixels with the bundled model, sent to \`POST /v1/segment\` of a warm service with one worker,
and given to \`Segmenter.render\` of the library. Medians of calls that take turns; the time added is the median of their
differences. \`npm run bench -- --only service\` prints this table alone.

${await serviceTable(isQuick)}`,
	},
	{
		name: "studio",
		write: async () => `## The studio

In Chromium at 1280 × 800, with the service, the browser and its graphics in software on the same cores: from the event of
the hand until the script has given the frame away, and until the frame is drawn. With a graphics card the second is little
more than the first, which waits for the screen. Frames that follow each other are drawn coarsely here, and finely when they
end. *In the page*: the static build, which decodes and runs the network itself, by WebAssembly. \`npm run bench -- --only
studio\` prints this table alone. In its second part, 12 kB of the worker are the WebAssembly of the kernels.

${await studioTable(isQuick)}`,
	},
	{
		name: "relabelling",
		write: async (store) => `## Another number of clusters

A photograph of ${JOB.width} × ${JOB.height} pixels whose tokens are in the cache: 37 × 37 of 1024 dimensions, as ViT-L/14 makes them at
518${isQuick ? " (here a small one)" : ""}. Every run has another k than the one before.

${await stageTable(relabelling(isQuick ? QUICK_JOB : JOB), { store, isQuick })}`,
	},
	...GROUPS.map(groupSection),
	{
		name: "exports",
		write: async (store) => `## Exports

A label map of ${EXPORT_SEGMENTS} segments, ${isQuick ? "0.03" : "12"} megapixels, from memory to the text or bytes of all files of a format. Nothing is written to
the disk.

${await exportsTable(store.folder, isQuick)}`,
	},
	{
		name: "sizes",
		write: async () => `## Bytes

As built, with comments, not minified.

${await sizesTable()}`,
	},
];

const wanted = SECTIONS.filter(({ name }) => flags.only.split(",").some((text) => name.includes(text)));
if (wanted.length === 0) {
	throw new Error(
		`--only ${flags.only}: no table has such a name. There are ${SECTIONS.map(({ name }) => name).join(", ")}.`,
	);
}

const folder = await mkdtemp(join(tmpdir(), "dinoseg-bench-"));
const hasRivals = wanted.some(({ name }) => GROUPS.some((group) => group.name === name));
await using rivals = hasRivals ? await startRivals(process.env["PYTHON"] ?? "/usr/bin/python3") : undefined;
try {
	const store = createArrayStore(folder);
	const parts = new Map<string, string>();
	for (const { name, write } of wanted) {
		parts.set(name, await write(store, rivals));
	}
	const text = report(parts, store, rivals);
	if (isQuick || flags.only !== "") {
		console.log(text);
	} else {
		await writeFile(REPORT, text);
	}
} finally {
	await rm(folder, { recursive: true });
}

function report(parts: ReadonlyMap<string, string>, store: ArrayStore, python: Rivals | undefined): string {
	const firstGroup = GROUPS.find(({ name }) => parts.has(name))?.name;
	const idle = isQuick ? "" : ` An idle process that has loaded dinoseg takes ${peakMemory(IDLE, store.folder)} MiB.`;
	const versions = Object.entries(python?.versions ?? {}).map(
		([name, version]) => `${name} ${version ?? "not installed"}`,
	);
	const rivalNames = versions.length > 0 ? versions.join(", ") : "Python not installed";
	return `${[
		`# Benchmarks

Made by \`npm run bench\` on ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.version}. Times are medians after a warm-up; what
takes over 2 s was run once. Peak memory is that of a process that makes the inputs and runs ours once: libraries,
inputs and all.${idle} Machines that are shared are noisy: compare figures of one run only.`,
		...[...parts].flatMap(([name, text]) => (name === firstGroup ? [aboutRivals(rivalNames), text] : [text])),
	].join("\n\n")}\n`;
}

function aboutRivals(names: string): string {
	return `## Ours and other libraries

All contenders have the same inputs and take turns in one run. "Ours, reference" is the build in plain TypeScript, "ours,
SIMD" the one in WebAssembly, which runs wherever it can; both return the same bytes. Both use one core, but for PCA:
there SIMD has a helper thread for every further core, as in a segmenter with a large model. The libraries in Python
may use all cores, and measure themselves: no time of passing data is counted. They are ${names}
(in Debian: \`python3-sklearn\`, \`python3-opencv\`, \`python3-pil\`, \`python3-skimage\`). A ratio below 1 means that ours is faster. "not run": it would take minutes.`;
}
