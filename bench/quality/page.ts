import { cpus } from "node:os";
import type { ScoreName } from "@dinoseg/core/metrics";
import { formatMilliseconds } from "../harness/markdown.ts";
import { meanScore } from "./compare.ts";
import { MEASURED, type Measured } from "./data.ts";
import type { RunScores } from "./measure.ts";
import { DEFAULT, SEEDS, type SettingGroup } from "./settings.ts";
import { answerTable, clusterTable, type Row, scoreTable, seedTable, unhelpfulTable } from "./tables.ts";
import { TIMED_PHOTOGRAPH, type Times } from "./times.ts";

/** Everything that was measured. */
export interface Measurements {
	/** Images of each data set. */
	readonly images: Readonly<Record<Measured, number>>;
	/** The number of clusters of all that name none. */
	readonly clusters: number;
	/** For each number of clusters. */
	readonly tokens: readonly Row[];
	readonly color: readonly Row[];
	/** The plain recipe with that number of clusters. */
	readonly plain: Row;
	readonly groups: readonly { readonly title: SettingGroup["title"]; readonly rows: readonly Row[] }[];
	/** Of the main settings, one run per seed. */
	readonly seeds: readonly { readonly name: string; readonly runs: readonly RunScores[] }[];
	readonly times: Times;
	/** Markdown. */
	readonly noise: string;
}

/** docs/quality.md. */
export function page(measured: Measurements): string {
	const { images, clusters, plain, groups, times } = measured;
	const rows = groups.flatMap((group) => group.rows);
	const byDefault = times.ratios.get(DEFAULT) as number;
	return `# Which settings to use

Made by \`npm run quality\` with the bundled model, which is not DINOv2: a larger model gives other numbers. Scores hardly
depend on the machine. Times are rough: from ${cpus().length} cores (${cpus()[0].model.trim()}) that had other work too, Node ${process.version}.

${answerTable(rows, plain)}

The plain recipe is \`-k ${clusters} --median 5 --pca 0.99 --smooth median:15\`; the default is no flag at all, with
its own number of clusters. **Bold** is clearly better
than the plain recipe, _slanted_ clearly worse: by more than 0.005 and more than two standard errors of the difference,
image by image. With so many numbers, some are marked by chance: a setting that is better in one score by little
may be no better on your photographs. [Measure it](../README.md#measure-on-your-own-ground-truth).

\`Time\` is how many times as long as the plain recipe it takes. That takes ${formatMilliseconds(times.examples)} ms on a photograph of 0.14 to 0.81
megapixels, from the file to the label map without a cache (sum of the stages; the fastest of some runs; median of the example photographs). On
${TIMED_PHOTOGRAPH} (0.27 megapixels) it takes ${formatMilliseconds(times.plain)} ms, the default ${byDefault.toFixed(2)} times as long.

## How many clusters

${clusterAnswer(measured)}

${clusterTable(measured.tokens, measured.color)}

\`colour\` clusters the mean CIELAB colour of each patch in place of its token, with the same grid, k-means and smoothing.

## All settings

- \`covering\` and \`PRI\` say how well regions agree with those of BSDS, \`VI\` how much information differs (bits, less is
  better); \`boundary P\`, \`R\` and \`F\` are precision, recall and F of the borders.
- \`CamVid mIoU\`, \`COCO mIoU\` and the \`accuracy\` right of each: after matching segments to classes one-to-one in each
  image.
- \`time\`: on ${TIMED_PHOTOGRAPH}, beside a run of the plain recipe just before; the median of seven pairs. Flags are those that differ from the plain recipe.

[How each score is defined](conventions.md). All are means over images.

${groups.map(({ title, rows: own }) => `### ${title}\n\n${scoreTable([plain, ...own.filter((row) => row !== plain)], plain)}`).join("\n\n")}

## What did not help

Clearly better than the plain recipe in none of four scores. Differences from it, ± one standard error.

${unhelpfulTable(rows, plain)}

## Other seeds

Mean and standard deviation over the seeds ${SEEDS.join(", ")}.

${seedTable(measured.seeds)}

${measured.noise}

## How this was measured

\`dinoseg evaluate\` computes the same scores. The data sets are small parts of known ones, and their licences do not let
us pass them on: they are expected beside this repository, as \`../shared/datasets/bsds-mini\` and so on.

| Data set | Images | What the truth is |
| --- | ---: | --- |
| BSDS500, validation | ${images.bsds} | regions, drawn by 5 to 7 people per photograph |
| CamVid, validation | ${images.camvid} | 11 classes; frames of one drive, so not independent of each other |
| COCO, panoptic, train2017 | ${images.coco} | classes of things and stuff; photographs with few unlabelled pixels |

The table of settings is \`bench/quality/settings.ts\`: a new setting is a line there. \`npm run quality -- --quick\` takes two
images of each data set and \`--only noise\` that section alone; both print and change no file. \`--jobs\` says how many
images are in work at once.
`;
}

/** Which k is best for what, and what the network gains over colour. */
function clusterAnswer({ tokens, color, plain, clusters }: Measurements): string {
	const best = (dataset: Measured, score: ScoreName) =>
		tokens.reduce((a, b) => (meanScore(b.scores, dataset, score) > meanScore(a.scores, dataset, score) ? b : a))
			.clusters;
	const classes = MEASURED.filter((dataset) => dataset !== "bsds").map((dataset) => best(dataset, "meanIouOneToOne"));
	const own = color.find((row) => row.clusters === clusters) as Row;
	const pair = (score: ScoreName, digits: number) =>
		[plain, own].map(({ scores }) => meanScore(scores, "bsds", score).toFixed(digits)).join(" against ");
	return `Regions of photographs are covered best with k = ${clusters}, which all further tables have. By mean IoU the best is k = ${classes[0]} on
CamVid and k = ${classes[1]} on COCO. Tokens of the network against colour alone, at k = ${clusters}: covering ${pair("covering", 3)}, PRI
${pair("probabilisticRandIndex", 3)}, VI ${pair("variationOfInformation", 2)}.`;
}
