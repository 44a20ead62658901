/**
 * `npm run quality`: scores and times of a table of settings (settings.ts) on ../shared/datasets, and what noise does, written to
 * docs/quality.md and docs/images/noise.svg.
 *
 * `--only noise`: that section and its plot, printed instead of written. `--quick`: few images and settings; printed.
 * `--jobs <count>`: images in work at once, 2 unless told.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkInteger } from "@dinoseg/core/errors";
import { progress } from "../harness/progress.ts";
import { meanScore } from "./compare.ts";
import { imagesOf, MEASURED, type TruthImage } from "./data.ts";
import { measureRuns, type Run } from "./measure.ts";
import { noiseSection } from "./noise/noise-section.ts";
import { page } from "./page.ts";
import { createScorePool, type ScorePool } from "./score-pool.ts";
import { CLUSTER_COUNTS, COLOR, GROUPS, PLAIN, SEEDS, type Setting } from "./settings.ts";
import type { Row } from "./tables.ts";
import { measureTimes } from "./times.ts";

const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));
const PLOT = "images/noise.svg";

const { values: flags } = parseArgs({
	options: {
		only: { type: "string" },
		quick: { type: "boolean", default: false },
		jobs: { type: "string", default: "2" },
	},
});
if (flags.only !== undefined && flags.only !== "noise") {
	throw new Error(`--only ${flags.only}: must be noise`);
}
const processes = Number(flags.jobs);
checkInteger("quality", "--jobs", processes, { min: 1, max: 64 });
const isQuick = flags.quick;
const QUICK_IMAGES = 2;

if (flags.only === "noise") {
	const { text, plot } = await noiseSection(PLOT);
	console.log(`${text}\n\n${plot}`);
} else {
	await measureAll();
}

async function measureAll(): Promise<void> {
	const images: TruthImage[] = [];
	for (const dataset of MEASURED) {
		const found = await imagesOf(dataset);
		if (found.length === 0) {
			console.error(`${dataset}-mini is not there: nothing is measured. Put it into ../shared/datasets.`);
			return;
		}
		images.push(...(isQuick ? found.slice(0, QUICK_IMAGES) : found));
	}
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-quality-"));
	const pool = createScorePool(processes, folder);
	try {
		const text = await measureWith(pool, images);
		if (isQuick) {
			console.log(text.page);
			return;
		}
		await mkdir(join(DOCS, "images"), { recursive: true });
		await writeFile(join(DOCS, "quality.md"), text.page);
		await writeFile(join(DOCS, PLOT), text.plot);
	} finally {
		pool.close();
		await rm(folder, { recursive: true, force: true });
	}
}

async function measureWith(pool: ScorePool, images: readonly TruthImage[]) {
	const ofCounts = (setting: Setting): Run[] =>
		CLUSTER_COUNTS.map((clusters) => ({ setting, clusters, seed: SEEDS[0] }));
	const counted = await rowsOf(pool, images, [...ofCounts(PLAIN), ...ofCounts(COLOR)]);
	const tokens = counted.slice(0, CLUSTER_COUNTS.length);
	const color = counted.slice(CLUSTER_COUNTS.length);
	const covering = ({ scores }: Row) => meanScore(scores, "bsds", "covering");
	const plain = tokens.reduce((a, b) => (covering(b) > covering(a) ? b : a));
	const { clusters } = plain;

	const groups = GROUPS.map(({ title, settings }) => ({
		title,
		settings: isQuick ? settings.slice(0, 2) : settings,
	}));
	const settings = groups.flatMap((group) => group.settings);
	const main = [PLAIN, COLOR, ...settings.filter(({ isMain }) => isMain)];
	const [firstSeed, ...otherSeeds] = SEEDS;
	const rows = await rowsOf(pool, images, [
		...settings.map((setting) => ({ setting, clusters, seed: firstSeed })),
		...main.flatMap((setting) => otherSeeds.map((seed) => ({ setting, clusters, seed }))),
	]);
	const runs = [plain, ...color.filter((row) => row.clusters === clusters), ...rows];

	progress("times");
	const times = await measureTimes(settings, clusters);
	const timed = rows
		.slice(0, settings.length)
		.map((row) => ({ ...row, time: times.ratios.get(row.setting) as number }));
	const { text, plot } = await noiseSection(PLOT);
	const count = (dataset: string) => images.filter((image) => image.dataset === dataset).length;
	const written = page({
		images: { bsds: count("bsds"), camvid: count("camvid"), coco: count("coco") },
		clusters,
		tokens,
		color,
		plain: { ...plain, time: 1 },
		groups: groups.map(({ title, settings: own }) => ({
			title,
			rows: timed.filter(({ setting }) => own.includes(setting)),
		})),
		seeds: main.map((setting) => ({
			name: setting.name,
			runs: runs.filter((row) => row.setting === setting).map(({ scores }) => scores),
		})),
		times,
		noise: text,
	});
	return { page: written, plot };
}

async function rowsOf(pool: ScorePool, images: readonly TruthImage[], runs: readonly Run[]): Promise<readonly Row[]> {
	const scores = await measureRuns(pool, images, runs);
	return runs.map(({ setting, clusters }, at) => ({ setting, clusters, scores: scores[at], time: Number.NaN }));
}
