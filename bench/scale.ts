/**
 * How long a million images take on 1 to 1,000 workers, some of them slow, some of them ending: shards and a queue,
 * simulated. And what they cost with each model. `npx tsx bench/scale.ts` prints the tables of docs/scale.md.
 */
import { readFile } from "node:fs/promises";
import { createRandom } from "@dinoseg/core";
import { CHUNK_BOUNDS } from "@dinoseg/jobs";
import { markdownTable } from "./harness/markdown.ts";
import { summarise } from "./harness/statistics.ts";
import { type Cluster, type Division, simulate } from "./scale/simulate.ts";

const IMAGES = 1_000_000;
const WORKERS = [1, 10, 100, 1000];
/** Of a picture with a base model in 8 bits on 2 cores. */
const IMAGE_SECONDS = 0.6;
const ROUNDS = 9;

const CLUSTERS: Readonly<Record<string, Omit<Cluster, "workers">>> = {
	"all alike": { spread: 0, slowShare: 0, slowness: 1, failuresAnHour: 0, restartSeconds: 0 },
	"speeds differ by a tenth, one of 50 is 4 times slower": {
		spread: 0.1,
		slowShare: 0.02,
		slowness: 4,
		failuresAnHour: 0,
		restartSeconds: 0,
	},
	"and each ends every 6 hours, and is back after 2 minutes": {
		spread: 0.1,
		slowShare: 0.02,
		slowness: 4,
		failuresAnHour: 1 / 6,
		restartSeconds: 120,
	},
};

/** Seconds until another process takes a shard over whose process gave no sign of life. */
const SHARD_TAKEOVER = 30;
const LEASE = 300;

const random = createRandom(20);

function shards(count: number): Division {
	const pieces = new Array<number>(count).fill(0);
	// An image belongs to a shard by its hash.
	for (let image = 0; image < IMAGES; image++) {
		pieces[Math.floor(random.next() * count)]++;
	}
	return { pieces: pieces.filter((images) => images > 0), takeoverSeconds: SHARD_TAKEOVER };
}

function chunks(): Division {
	const pieces: number[] = [];
	for (let left = IMAGES; left > 0; left -= pieces[pieces.length - 1]) {
		let images = 1;
		while (images < CHUNK_BOUNDS.most && random.next() >= 1 / CHUNK_BOUNDS.mean) {
			images++;
		}
		pieces.push(Math.min(images, left));
	}
	return { pieces, takeoverSeconds: LEASE };
}

const DIVISIONS: readonly { readonly name: string; divide(workers: number): Division }[] = [
	{ name: "a shard for each worker", divide: (workers) => shards(workers) },
	{ name: "10 shards for each worker", divide: (workers) => shards(10 * workers) },
	{ name: "a queue", divide: chunks },
];

function simulationTable(): string {
	const rows = Object.entries(CLUSTERS).flatMap(([machines, cluster]) =>
		WORKERS.map((workers) => [
			machines,
			String(workers),
			...DIVISIONS.map(({ divide }) => {
				const runs = Array.from({ length: ROUNDS }, () =>
					simulate({ ...cluster, workers }, divide(workers), IMAGE_SECONDS, random),
				);
				const hours = summarise(runs.map(({ seconds }) => seconds / 3600)).median;
				const ratio = summarise(runs.map(({ seconds, leastSeconds }) => seconds / leastSeconds)).median;
				return `${hours < 10 ? hours.toFixed(2) : hours.toFixed(0)} h (${ratio.toFixed(2)})`;
			}),
		]),
	);
	return markdownTable(["Machines", "Workers", ...DIVISIONS.map(({ name }) => name)], "lrrrr", rows);
}

/** Milliseconds that an image takes beside its network: decoding, numbers and files, with as many networks as fit. */
const BESIDE_MS = 150;
const CORES = 2;

/** What the benchmarks of whole models measured at 518 on 2 cores. */
async function costTable(): Promise<string> {
	const text = await readFile(new URL("../docs/benchmarks-models.md", import.meta.url), "utf8");
	const rows = [...text.matchAll(/^\| (\w+) \| (fp32|int8) \| 518 \| (\d+) \|/gm)].map(([, model, dtype, run]) => {
		const seconds = (Number(run) + BESIDE_MS) / 1000;
		const hours = (seconds * IMAGES * CORES) / 3600;
		return [
			model,
			dtype,
			seconds.toFixed(2),
			Math.round(hours).toLocaleString("en"),
			Math.round(hours / 100 / CORES).toLocaleString("en"),
		];
	});
	return markdownTable(
		["Model", "dtype", "Seconds an image, 2 cores", "Core hours a million images", "Hours with 100 such machines"],
		"llrrr",
		rows,
	);
}

console.log(`${simulationTable()}\n\n${await costTable()}`);
