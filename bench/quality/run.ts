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
import { FOLDERS, imagesOf, MEASURED, type TruthImage } from "./data.ts";
import { measureRuns, type Run } from "./measure.ts";
import { kindsNoiseTable } from "./noise/kinds-noise.ts";
import { noiseSection } from "./noise/noise-section.ts";
import { page } from "./page.ts";
import { createScorePool, type ScorePool } from "./score-pool.ts";
import { DEFAULT, GROUPS, SEEDED, SEEDS, type Setting } from "./settings.ts";
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
			console.error(`${FOLDERS[dataset]} is not there: nothing is measured. Put it into ../shared/datasets.`);
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
	const groups = GROUPS.map((group) => ({
		...group,
		settings: isQuick ? group.settings.slice(0, 2) : group.settings,
	}));
	const settings = [...new Set(groups.flatMap((group) => group.settings))];
	const [firstSeed] = SEEDS;
	const runs: Run[] = [
		...settings.map((setting) => ({ setting, seed: firstSeed })),
		...SEEDED.flatMap((setting) => SEEDS.map((seed) => ({ setting, seed }))),
	];
	const scores = await measureRuns(pool, images, runs);
	const timed = settings.filter(({ features = "tokens" }) => features === "tokens");
	progress("times");
	const times = await measureTimes(timed);
	const rows: readonly Row[] = settings.map((setting, at) => ({
		setting,
		scores: scores[at],
		time: times.ratios.get(setting) ?? Number.NaN,
	}));
	const rowOf = (setting: Setting) => rows.find((row) => row.setting === setting) as Row;
	const drawn = images.filter(({ dataset }) => dataset === "bsds");
	const kindsNoise = await kindsNoiseTable(drawn);
	const { text, plot } = await noiseSection(PLOT);
	const count = (dataset: string) => images.filter((image) => image.dataset === dataset).length;
	const seeded = scores.slice(settings.length);
	const written = page({
		images: { bsds: count("bsds"), camvid: count("camvid"), coco: count("coco") },
		byDefault: rowOf(DEFAULT),
		groups: groups.map(({ title, question, settings: own }) => ({ title, question, rows: own.map(rowOf) })),
		seeds: SEEDED.map(({ name }, at) => ({
			name,
			runs: seeded.slice(at * SEEDS.length, (at + 1) * SEEDS.length),
		})),
		times,
		kindsNoise,
		noise: text,
	});
	return { page: written, plot };
}
