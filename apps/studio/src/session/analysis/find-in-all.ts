import {
	type CodebookFit,
	type CodebookPart,
	checkAlike,
	codebookDigest,
	codebookOptions,
	createSummarySum,
	fitCodebook,
	optionsWithCodebook,
	summarisePicture,
} from "@dinoseg/core/codebook";
import { clusteredTokens, type Digest } from "@dinoseg/core/engine";
import { DinosegError } from "@dinoseg/core/errors";
import { type ClustersOption, checkOption } from "@dinoseg/core/options";
import type { SegmentResult } from "@dinoseg/core/result";
import type { EngineCall, EngineTokens } from "../../engine/engine.ts";
import type { Settings } from "../scene.ts";
import type { Analysis } from "./create-analysis.ts";

/** One of the pictures in which the same segments are looked for. */
export interface SearchedPicture {
	readonly id: string;
	readonly analysis: Analysis;
	readonly tokens: EngineTokens;
	readonly settings: Settings;
}

/** Segments that are common to several pictures. */
export interface FoundInAll extends CodebookFit {
	/** By the id of the picture. The same id means the same in all, and has the same colour. */
	readonly results: ReadonlyMap<string, SegmentResult>;
}

/**
 * Find the same segments in several pictures, through a codebook of all of them: what `dinoseg fit` and `dinoseg apply` do.
 *
 * @param pictures made alike: by the same model, with the same options as far as they decide the tokens.
 * @param clusters how many segments are common, or the range to choose from.
 * @param digest   sha256, hex.
 * @throws DinosegError INPUT_EMPTY for no picture, CODEBOOK_INVALID that names what differs between two, OPTION_INVALID,
 *   CLUSTERS_EXCEED_TOKENS, ABORTED
 */
export async function findInAll(
	pictures: readonly SearchedPicture[],
	clusters: ClustersOption,
	digest: Digest,
	call: EngineCall = {},
): Promise<FoundInAll> {
	checkOption("clusters", clusters);
	const { part, kernels, recorder } = await summariseAll(pictures, clusters, call);
	const fit = await recorder.run("kmeans", () =>
		fitCodebook(kernels, part, (done, total) => recorder.progress("kmeans", done, total)),
	);
	const { codebook } = fit;
	const book = { codebook, digest: await codebookDigest(codebook, digest) };
	const results = new Map<string, SegmentResult>();
	for (const { id, analysis, tokens, settings } of pictures) {
		const options = { ...settings.options, ...optionsWithCodebook(settings.options, codebook) };
		results.set(id, await analysis.apply(tokens, { ...settings, options }, book, call));
	}
	return { ...fit, results };
}

/** The summary of all pictures, and what the first call brought with it. */
async function summariseAll(pictures: readonly SearchedPicture[], clusters: ClustersOption, call: EngineCall) {
	const [first] = pictures;
	if (first === undefined) {
		throw new DinosegError("INPUT_EMPTY", "findInAll: there must be at least one picture, got none. Open some.");
	}
	const partOf = ({ tokens, settings }: SearchedPicture): Omit<CodebookPart, "summary"> => {
		return { model: tokens.model, options: codebookOptions({ ...settings.options, clusters }) };
	};
	const head = partOf(first);
	// Before any work.
	for (const picture of pictures) {
		checkAlike(`${first.id} and ${picture.id}`, head, partOf(picture));
	}
	const sum = createSummarySum(first.tokens.grid.dim);
	const { begun } = await first.analysis.prepare(first.tokens, first.settings, call);
	for (const { analysis, tokens, settings } of pictures) {
		const { input, begun: own } = await analysis.prepare(tokens, settings, { ...call, onEvent: undefined });
		const { blurred, source } = input;
		const { sha256, page, valid } = source;
		const grid = clusteredTokens(input.tokens(), blurred);
		const key = page === undefined ? sha256 : `${sha256} ${page}`;
		sum.add(
			await own.recorder.run("regions", () =>
				summarisePicture(own.kernels, { grid, picture: blurred, valid }, own.settings, key),
			),
		);
	}
	return { part: { ...head, summary: sum.summary() }, kernels: begun.kernels, recorder: begun.recorder };
}
