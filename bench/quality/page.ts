import { cpus } from "node:os";
import { formatMilliseconds } from "../harness/markdown.ts";
import { FOLDERS, type Measured } from "./data.ts";
import type { RunScores } from "./measure.ts";
import { SEEDS, type SettingGroup } from "./settings.ts";
import { answerTable, type Row, scoreTable, seedTable } from "./tables.ts";
import { TIMED_PHOTOGRAPH, type Times } from "./times.ts";

/** Everything that was measured. */
export interface Measurements {
	/** Images of each data set. */
	readonly images: Readonly<Record<Measured, number>>;
	readonly byDefault: Row;
	readonly groups: readonly (Pick<SettingGroup, "title" | "question"> & { readonly rows: readonly Row[] })[];
	/** Of what depends on seeds, one run per seed. */
	readonly seeds: readonly { readonly name: string; readonly runs: readonly RunScores[] }[];
	readonly times: Times;
	/** Markdown. */
	readonly kindsNoise: string;
	/** Markdown. */
	readonly noise: string;
}

/** docs/quality.md. */
export function page(measured: Measurements): string {
	const { images, byDefault, groups, times } = measured;
	return `# Which settings to use

Made by \`npm run quality\` with the bundled model, which is not DINOv2: a larger model gives other numbers. Scores hardly
depend on the machine. Times are rough: from ${cpus().length} cores (${cpus()[0].model.trim()}) that had other work too, Node ${process.version}.

${answerTable(
	groups.flatMap(({ rows }) => rows),
	byDefault,
)}

Behind ± stands the standard error of the difference to the first row of a table (here: to the default), image by image.
**Bold** is clearly better than that row, _slanted_ clearly worse: by more than 0.005 and more than two standard errors. With
so many numbers, some are marked by chance: a setting that is better in one score by little may be no better on your
photographs. [Measure it](../README.md#measure-on-your-own-ground-truth).

\`time\` is how many times as long as the default it takes, from the file to the label map without a cache: on
${TIMED_PHOTOGRAPH} (0.27 megapixels), beside a run of the default just before, the median of seven pairs. The default takes
${formatMilliseconds(times.byDefault)} ms there, and ${formatMilliseconds(times.examples)} ms on the example photographs (0.14 to 0.81 megapixels; sum of the stages; the fastest of some
runs; median of the photographs).

## All settings

- \`covering\`, \`PRI\`, \`VI\` (bits, less is better) and \`boundary F\` say how well segments and their borders agree with those
  that people drew on the photographs of BSDS500.
- \`CamVid mIoU\`, \`COCO mIoU\` and the \`accuracy\` right of each: after matching segments to classes one-to-one in each
  image. Regions are connected, and a class is not: where a table has both kinds, these columns are for clusters.

[How each score is defined](conventions.md). All are means over images.

${groups.map(({ title, question, rows }) => `### ${title}\n\n${question}\n\n${scoreTable(rows)}`).join("\n\n")}

## Other seeds

Mean and standard deviation over the seeds ${SEEDS.join(", ")}. Regions have none.

${seedTable(measured.seeds)}

## Noise and both kinds of segments

Agreement is the adjusted Rand index of the map of a noisy photograph with that of the clean one, mean over the example
photographs and three draws of the noise: 1 is the same map. Covering is that of the photographs of BSDS500, clean and with noise.

${measured.kindsNoise}

${measured.noise}

## How this was measured

\`dinoseg evaluate\` computes the same scores. The licences of the data sets do not let us pass them on: they are expected
beside this repository, as \`../shared/datasets/${FOLDERS.bsds}\` and so on.

| Data set | Images | What the truth is |
| --- | ---: | --- |
| BSDS500, validation | ${images.bsds} | regions, drawn by 4 to 9 people per photograph |
| CamVid, validation | ${images.camvid} | 11 classes; frames of one drive, so not independent of each other |
| COCO, panoptic, train2017 | ${images.coco} | classes of things and stuff; photographs with few unlabelled pixels |

The tables are \`bench/quality/settings.ts\`: a new setting is a line there. Felzenszwalb–Huttenlocher is scikit-image's, with the best of
16 settings on the photographs of BSDS500; \`PYTHON\` or \`/usr/bin/python3\` must have it. \`npm run quality -- --quick\` takes two
images of each data set and \`--only noise\` the noise of the report's recipe alone; both print and change no file. \`--jobs\` says how
many images are in work at once.
`;
}
