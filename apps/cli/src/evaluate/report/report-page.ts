import { VERSION } from "@dinoseg/core";
import { type ScoreName, type Scores, scoreNames } from "@dinoseg/core/metrics";
import { escapeHtml } from "../../page/html.ts";
import { PAGE_STYLE } from "../../page/page-style.ts";
import { type EvaluatedDataset, meanScores } from "../evaluated-dataset.ts";
import { cutRows, formatSpread, notes } from "../format-evaluation.ts";
import { formatScore, rankingScore, SCORE_TITLES } from "../score-titles.ts";
import type { ReportPicture } from "./report-pictures.ts";
import { renderStrip } from "./score-strip.ts";

/** One of the best or worst images. */
export interface ShownImage {
	readonly id: string;
	readonly annotators: number;
	readonly scores: Scores;
	readonly pictures: readonly Pick<ReportPicture, "file" | "role" | "width" | "height">[];
}

export interface ReportContent {
	readonly evaluated: EvaluatedDataset;
	/** What was scored, in a few lines for people. */
	readonly facts: readonly string[];
	readonly best: readonly ShownImage[];
	readonly worst: readonly ShownImage[];
}

/** The report as one HTML document without scripts. Its pictures lie beside it. */
export function renderReportPage({ evaluated, facts, best, worst }: ReportContent): string {
	const { dataset, reading, images, seeds } = evaluated;
	const ranking = rankingScore(reading.kind);
	const title = `${dataset}: ${SCORE_TITLES[ranking].title} ${formatSpread(ranking, evaluated.summary.mean[ranking])}`;
	const seedNote =
		seeds && seeds.length > 1 ? ` Pictures are those of seed ${seeds[0]}; scores are means over seeds.` : "";
	const colours =
		"A segment has the colour of the region of the truth that it is matched with, one to one; the others have colours of their own.";
	const ignored = reading.ignoreLabel === undefined ? "" : " Darkened pixels of the truth do not count.";
	const section = (heading: string, text: string, shown: readonly ShownImage[]) =>
		shown.length === 0
			? ""
			: `<h2>${heading}</h2>\n<p class="soft">${escapeHtml(text)}</p>\n${shown.map((image, place) => renderImage(image, place, ranking)).join("\n")}\n`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<header>
<p class="soft">dinoseg evaluate</p>
<h1>${escapeHtml(title)}</h1>
${facts.map((fact) => `<p class="soft">${escapeHtml(fact)}</p>`).join("\n")}
</header>
<h2>Scores</h2>
<div class="card">
${renderSummary(evaluated)}
${renderCuts(evaluated)}
</div>
${notes(evaluated)
	.map((note) => `<p class="soft">${escapeHtml(note)}</p>`)
	.join("\n")}
<h2>Every image by ${escapeHtml(SCORE_TITLES[ranking].title)}</h2>
<div class="card">
${renderStrip(images.map((image) => ({ id: image.id, score: meanScores(image)[ranking] ?? Number.NaN })))}
</div>
${section("Best", `${colours}${ignored}${seedNote}`, best)}${section("Worst", "The worst first, in the same colours.", worst)}<h2>All images</h2>
<details class="card">
<summary>Scores of ${images.length} images</summary>
${renderImageTable(evaluated)}
</details>
<footer class="soft">Made by dinoseg ${escapeHtml(VERSION)}. The photographs belong to their data set: mind its licence before you pass this report on.</footer>
</main>
</body>
</html>
`;
}

function renderCuts({ trees }: EvaluatedDataset): string {
	if (trees === undefined) {
		return "";
	}
	const [head, ...rows] = cutRows(trees);
	const cells = (row: readonly string[]) => row.map((cell) => `<td class="number">${escapeHtml(cell)}</td>`).join("");
	const [title, ...columns] = head;
	return `<table>
<thead><tr><th scope="col">${escapeHtml(title)}</th>${columns.map((column) => `<th scope="col" class="number">${escapeHtml(column)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map(([name, ...values]) => `<tr><th scope="row">${escapeHtml(name)}</th>${cells(values)}</tr>`).join("\n")}
</tbody>
</table>`;
}

function renderSummary({ summary, reading }: EvaluatedDataset): string {
	const rows = scoreNames(reading.kind).map((name) => {
		const { title, direction } = SCORE_TITLES[name];
		const mean = summary.mean[name];
		const together = name in summary.together ? formatSpread(name, summary.together[name]) : "";
		const bar = direction === "share" && mean && !Number.isNaN(mean.mean) ? renderBar(mean.mean) : "";
		return `<tr><th scope="row">${escapeHtml(title)}</th><td class="bar">${bar}</td><td class="number">${formatSpread(name, mean)}</td><td class="number">${together}</td></tr>`;
	});
	return `<table>
<thead><tr><th scope="col">score</th><td></td><th scope="col" class="number">mean over images</th><th scope="col" class="number">all images together</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

/** @param share 0 to 1; scores below 0 are shown as empty. */
function renderBar(share: number): string {
	return `<span class="track"><span style="width:${(Math.max(0, share) * 100).toFixed(1)}%"></span></span>`;
}

const CAPTIONS: Readonly<Record<ReportPicture["role"], (image: ShownImage) => string>> = {
	photograph: () => "Photograph",
	truth: ({ annotators }) => (annotators > 1 ? `Truth, the first of ${annotators} annotators` : "Truth"),
	segmentation: ({ scores }) =>
		`Segmentation, ${formatScore("segments", scores.segments).replace(/\.0$/, "")} segments`,
};

function renderImage(image: ShownImage, place: number, ranking: ScoreName): string {
	const { id, scores, pictures } = image;
	const figures = pictures.map(({ file, role, width, height }) => {
		const caption = CAPTIONS[role](image);
		return `<figure><img src="${escapeHtml(file)}" width="${width}" height="${height}" loading="lazy" alt="${escapeHtml(`${caption} of ${id}`)}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
	});
	const others = (Object.keys(scores) as ScoreName[]).filter((name) => name !== ranking && name !== "segments");
	return `<article class="card">
<div class="title"><h3>${place + 1}. ${escapeHtml(id)}</h3><span class="score">${formatScore(ranking, scores[ranking])} <small>${escapeHtml(SCORE_TITLES[ranking].title)}</small></span></div>
<div class="pictures">
${figures.join("\n")}
</div>
<dl>
${others.map((name) => `<div><dt>${escapeHtml(SCORE_TITLES[name].short)}</dt><dd>${formatScore(name, scores[name])}</dd></div>`).join("\n")}
</dl>
</article>`;
}

function renderImageTable({ images, reading }: EvaluatedDataset): string {
	const names = scoreNames(reading.kind);
	const head = names.map((name) => `<th scope="col" class="number">${escapeHtml(SCORE_TITLES[name].short)}</th>`);
	const rows = images.map((image) => {
		const scores = meanScores(image);
		const cells = names.map((name) => `<td class="number">${formatScore(name, scores[name])}</td>`);
		return `<tr><th scope="row">${escapeHtml(image.id)}</th>${cells.join("")}</tr>`;
	});
	return `<div class="wide"><table>
<thead><tr><th scope="col">image</th>${head.join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table></div>`;
}
