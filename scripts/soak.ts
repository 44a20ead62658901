/**
 * `npm run soak`: the load and fault tests at full size. Writes docs/soak.md.
 *
 * `--only <text>`: only tests whose name contains the text; the rows of all others stay as they are.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: flags } = parseArgs({ options: { only: { type: "string", default: "" } } });
const root = fileURLToPath(new URL("..", import.meta.url));

interface Step {
	readonly name: string;
	readonly command: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** What to tell of a run's output. */
	readonly tell: (output: string) => string;
}

const vitest = (file: string) => ["vitest", "run", "--project", "built", `packages/node/test/${file}`];
const counts = (output: string) => /^\d+ passed, \d+ failed, \d+ skipped$/m.exec(output)?.[0] ?? "no count";
const lastLine = (output: string) => JSON.parse(output.trim().split("\n").at(-1) ?? "{}");
const megabytes = (bytes: unknown) => `${(Number(bytes) / 1e6).toFixed(0)} MB`;

const tellKills = (output: string) => {
	const { images, results, kills, wrong, twice, left } = lastLine(output);
	return `${results} of ${images} results after ${kills} kills; ${wrong} files differ from an undisturbed run, ${twice} made twice, ${left} left half-written`;
};

const tellWorkers = (output: string) => {
	const { images, results, kills, restarts, wrong, twice } = lastLine(output);
	return `${results} of ${images} results after ${kills} kills of workers and ${restarts} of servers; ${wrong} files differ from an undisturbed run, ${twice} images in two manifests`;
};

const tellLoad = (output: string) => {
	const { statuses, broken, health, early, late, ratio, memoryLimit, healthLimitMs } = lastLine(output);
	return `${statuses[200]} segmented, ${statuses[503] ?? 0} told when to come back, ${broken.length} broken; /healthz ${health.p99.toFixed(0)} ms at the 99th percentile, limit ${healthLimitMs}; ${megabytes(early)} after 20 s, ${megabytes(late)} after 60: ${ratio.toFixed(2)} ×, limit ${memoryLimit}`;
};

const STEPS: readonly Step[] = [
	{
		name: "The tests of core on the kernels in plain TypeScript",
		command: ["vitest", "run", "--project", "unit", "packages/core"],
		env: { DINOSEG_KERNELS: "reference", DINOSEG_SOAK: "1" },
		tell: counts,
	},
	{
		name: "The tests of the kernels and of the studio's own code, with all sizes and many more edits",
		command: ["vitest", "run", "--project", "unit", "packages/kernels", "apps/studio"],
		env: { DINOSEG_SOAK: "1" },
		tell: counts,
	},
	{
		name: "1,500 random networks against a plain forward pass",
		command: vitest("forward-property.test.ts"),
		env: { DINOSEG_PROPERTY_RUNS: "1500" },
		tell: counts,
	},
	{
		name: "300 random networks of DINOv3 against a plain forward pass",
		command: vitest("dinov3-property.test.ts"),
		env: { DINOSEG_PROPERTY_RUNS: "300" },
		tell: counts,
	},
	{
		name: "The plain forward pass against the official code, at every size",
		command: vitest("forward-property.reference.test.ts"),
		env: { DINOSEG_SOAK: "1" },
		tell: counts,
	},
	{
		name: "10,000 damaged checkpoints through the parsers, and 10,000 from disk",
		command: vitest("checkpoint-fuzz.test.ts"),
		env: { DINOSEG_FUZZ_RUNS: "10000", DINOSEG_FUZZ_LOADS: "10000" },
		tell: counts,
	},
	{
		name: "10,000 GeoTIFFs with damaged places",
		command: vitest("georeference.test.ts"),
		env: { DINOSEG_FUZZ_RUNS: "10000" },
		tell: counts,
	},
	{
		name: "A download killed at 20 random points, and two processes at once",
		command: vitest("hub-process.test.ts"),
		env: { DINOSEG_SOAK: "1" },
		tell: counts,
	},
	{
		name: "A download of 1.2 GB with 20 cuts",
		command: ["tsx", "scripts/soak-download.ts"],
		tell(output) {
			const { seconds, refetched, largest, verified } = lastLine(output);
			return `${verified ? "verified" : "NOT verified"} after ${seconds.toFixed(1)} s; ${refetched} bytes fetched twice in all, at most ${largest} at a cut`;
		},
	},
	{
		name: "A photograph of 48 megapixels within 1 GB, all files of its result included",
		command: ["tsx", "scripts/soak-memory.ts"],
		tell(output) {
			const { peaks, limit } = lastLine(output);
			const each = Object.entries(peaks).map(([flag, peak]) => `${flag}: ${megabytes(peak)}`);
			return `${each.join("; ")}; limit ${megabytes(limit)}`;
		},
	},
	{
		name: "1,000 label maps in every format, read back by other programs",
		command: ["vitest", "run", "--project", "built", "packages/core/test/readers"],
		env: { DINOSEG_SOAK: "1" },
		tell: counts,
	},
	{
		name: "A COCO file of 100,000 images in a heap of 96 MB",
		command: ["tsx", "scripts/soak-export.ts"],
		tell(output) {
			const { images, annotations, seconds, peak, size, compared, wrong } = lastLine(output);
			return `${images} images, ${annotations} annotations, ${megabytes(size)} in ${seconds.toFixed(0)} s; process ${megabytes(peak)}; pycocotools read ${compared} of them back, ${wrong} wrong`;
		},
	},
	{
		name: "400 images trickle into a watched folder that goes away, beside a process that is killed",
		command: ["tsx", "scripts/soak-watch.ts"],
		tell(output) {
			const { images, done, failed, kills, seconds, peak, limit } = lastLine(output);
			return `${done} of ${images} segmented in ${seconds.toFixed(0)} s, ${failed} failed, ${kills} kills; ${megabytes(peak)}, limit ${megabytes(limit)}`;
		},
	},
	{
		name: "300 images in a batch that is killed every few seconds",
		command: ["tsx", "scripts/soak-batch.ts", "kills"],
		tell: tellKills,
	},
	{
		name: "The same in 12 shards by 4 processes at a time, which are killed too",
		command: ["tsx", "scripts/soak-batch.ts", "shards"],
		tell: tellKills,
	},
	{
		name: "A batch goes on behind 100,000 finished images",
		command: ["tsx", "scripts/soak-batch.ts", "resume"],
		tell(output) {
			const { finished, seconds, limit } = lastLine(output);
			return `${finished} finished; work on the next one begins ${seconds.toFixed(2)} s after the start of the process, limit ${limit} s`;
		},
	},
	{
		name: "1,000 images in one process",
		command: ["tsx", "scripts/soak-batch.ts", "memory"],
		tell(output) {
			const { images, first, last, ratio, limit } = lastLine(output);
			return `${images} images; ${megabytes(first)} after the hundredth, ${megabytes(last)} after the last: ${ratio.toFixed(3)} ×, limit ${limit}`;
		},
	},
	{
		name: "100,000 images through a queue on Redis",
		command: ["tsx", "scripts/soak-queue.ts", "load"],
		tell(output) {
			const { seconds, bytes, redisFull, redisDone, overhead, limits } = lastLine(output);
			return `added in ${seconds.toFixed(1)} s, limit ${limits.seconds}, by a process of ${megabytes(bytes)}, limit ${megabytes(limits.bytes)}; Redis ${megabytes(redisFull)} while they wait, ${megabytes(redisDone)} when they are done, limit ${megabytes(limits.redisBytes)}; ${(100 * overhead).toFixed(2)} % on top of 0.1 s an image, limit ${100 * limits.overhead} %`;
		},
	},
	{
		name: "A worker whose threads are busy keeps its job",
		command: ["tsx", "scripts/soak-queue.ts", "busy"],
		tell(output) {
			const { minutes, taken, events } = lastLine(output);
			return `${minutes} minutes with more busy threads than cores; taken ${taken} times, ${events.length} leases lost`;
		},
	},
	{
		name: "1,000 images by 4 workers, of which one is killed every 5 s, and Redis twice",
		command: ["tsx", "scripts/soak-workers.ts", "disk"],
		tell: tellWorkers,
	},
	{
		name: "The same from a bucket into a bucket, whose server is killed too",
		command: ["tsx", "scripts/soak-workers.ts", "bucket"],
		tell: tellWorkers,
	},
	{
		name: "A codebook of 1,000 images by 4 workers, of which one is killed after each chunk, and Redis twice",
		command: ["tsx", "scripts/soak-workers.ts", "disk", "fit"],
		tell: tellWorkers,
	},
	{
		name: "A codebook of 10,000 pictures, 1,000,000 points × 64 that are never in memory together",
		command: ["tsx", "scripts/soak-codebook.ts"],
		tell(output) {
			const { seconds, ratio, inertiaLimit, peak, limit } = lastLine(output);
			return `${seconds.toFixed(1)} s; inertia of all points ${ratio.toFixed(4)} × that of k-means on all of them, limit ${inertiaLimit}; ${megabytes(peak)}, limit ${megabytes(limit)}`;
		},
	},
	{
		name: "200 clients send photographs to the service for 60 seconds, 2 workers",
		command: ["tsx", "scripts/soak-service.ts", "uploads"],
		tell: tellLoad,
	},
	{
		name: "10,000 segmentations by the service, one after the other",
		command: ["tsx", "scripts/soak-service.ts", "requests"],
		tell(output) {
			const { count, memory, ratio, memoryLimit } = lastLine(output);
			return `${count} answered; ${megabytes(memory[0])} after the thousandth, ${megabytes(memory.at(-1))} after the last: ${ratio.toFixed(3)} ×, limit ${memoryLimit}`;
		},
	},
	{
		name: "10,000 malformed requests to the service",
		command: ["vitest", "run", "--project", "built", "apps/server/test/malformed.test.ts"],
		env: { DINOSEG_FUZZ_RUNS: "10000" },
		tell: counts,
	},
	{
		name: "Every job in every browser, the segmenters of pages there, and the page that describes the service",
		command: [
			"vitest",
			"run",
			"--project",
			"built",
			"packages/core/test/browser-parity.test.ts",
			"packages/web/test",
			"apps/server/test/documentation.test.ts",
		],
		env: { DINOSEG_SOAK: "1" },
		tell: counts,
	},
	{
		name: "Every flow of the studio, in Chromium",
		command: ["vitest", "run", "--project", "built", "apps/studio/test"],
		env: { DINOSEG_SOAK: "1" },
		tell: counts,
	},
];

const document = new URL("../docs/soak.md", import.meta.url);
/** By the names of their tests. */
const rows = new Map(
	[...readFileSync(document, "utf8").matchAll(/^\| (.+?) \| (?:passed|FAILED) \| .*$/gm)].map(([row, name]) => [
		name,
		row,
	]),
);
for (const { name, command, env = {}, tell } of STEPS.filter((step) => step.name.includes(flags.only))) {
	console.log(`${name} …`);
	const start = performance.now();
	const { status, stdout, stderr } = spawnSync("npx", command, {
		cwd: root,
		encoding: "utf8",
		env: { ...process.env, ...env },
		maxBuffer: 2 ** 26,
	});
	const seconds = ((performance.now() - start) / 1000).toFixed(0);
	if (status !== 0) {
		process.exitCode = 1;
		console.log(stdout, stderr);
	}
	const row = `| ${name} | ${status === 0 ? "passed" : "FAILED"} | ${status === 0 ? tell(stdout) : ""} | ${seconds} |`;
	console.log(row);
	rows.set(name, row);
}

writeFileSync(
	document,
	`# Soak tests

Made by \`npm run soak\`: the load and fault tests at full size. \`npm test\` holds a reduced form of each.

| Test | Result | Details | Seconds |
| --- | --- | --- | ---: |
${STEPS.flatMap(({ name }) => rows.get(name) ?? []).join("\n")}
`,
);
