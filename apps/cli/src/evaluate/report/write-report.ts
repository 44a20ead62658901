import type { RgbImage } from "@dinoseg/core/image";
import type { LabelMap } from "@dinoseg/core/labels";
import { loadKernels } from "@dinoseg/kernels";
import { type FileContent, publishFolder, type TemporaryFiles } from "@dinoseg/node/files";
import { type EvaluatedDataset, type EvaluatedImage, meanScores } from "../evaluated-dataset.ts";
import type { Ranked, Ranking } from "../ranking.ts";
import { REPORT_PAGE } from "./report-folder.ts";
import { renderReportPage, type ShownImage } from "./report-page.ts";
import { reportPictures } from "./report-pictures.ts";

/** Best and worst images that a report shows, each. */
export const SHOWN_IMAGES = 6;

/** What is kept of an image until the report is written. */
export interface ReportSample {
	readonly image: EvaluatedImage;
	/** The label map of the first run. */
	readonly labels: LabelMap;
}

export interface ReportOptions {
	readonly evaluated: EvaluatedDataset;
	/** What was scored, in a few lines for people. */
	readonly facts: readonly string[];
	readonly ranking: Ranking<ReportSample>;
	/** Reads the first annotation of an image again. */
	readonly truth: (id: string) => Promise<LabelMap>;
	/** Reads the photograph of an image again, if there are photographs. */
	readonly photograph: ((id: string) => Promise<RgbImage>) | undefined;
	readonly temporaryFiles: TemporaryFiles;
}

/**
 * Write the report: a page, and the pictures of the best and the worst images beside it.
 *
 * @param folder created if absent.
 * @throws DinosegError OUTPUT_UNWRITABLE; of reading, if a truth or a photograph has gone meanwhile.
 */
export async function writeReport(folder: string, options: ReportOptions): Promise<void> {
	const { evaluated, facts, ranking, temporaryFiles } = options;
	const files = new Map<string, FileContent>();
	const best = await showAll("best", ranking.best(), options, files);
	const worst = await showAll("worst", ranking.worst(), options, files);
	files.set(REPORT_PAGE, new TextEncoder().encode(renderReportPage({ evaluated, facts, best, worst })));
	await publishFolder(folder, files, { marker: REPORT_PAGE, temporaryFiles });
}

async function showAll(
	name: string,
	ranked: readonly Ranked<ReportSample>[],
	{ evaluated, truth, photograph }: ReportOptions,
	files: Map<string, FileContent>,
): Promise<ShownImage[]> {
	const kernels = await loadKernels();
	const shown: ShownImage[] = [];
	for (const [place, { id, item }] of ranked.entries()) {
		const pictures = reportPictures(kernels, `${name}-${place + 1}`, {
			truth: await truth(id),
			predicted: item.labels,
			photograph: await photograph?.(id),
			ignoreLabel: evaluated.reading.ignoreLabel,
		});
		for (const { file, content } of pictures) {
			files.set(file, content);
		}
		shown.push({ id, annotators: item.image.annotators, scores: meanScores(item.image), pictures });
	}
	return shown;
}
