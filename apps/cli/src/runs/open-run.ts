import { DinosegError } from "@dinoseg/core/errors";
import { checkRun, type OpenRun, openStorage, type QueuedBatch } from "@dinoseg/jobs";
import type { Segmenter } from "@dinoseg/node/segmenter";
import { partOutputs } from "../codebook/part-outputs.ts";
import type { CommandContext } from "../commands/context.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { readTerms } from "./run-terms.ts";
import { storedOutputs } from "./stored-outputs.ts";

export interface OpenRunOptions {
	readonly cache: boolean;
	readonly quiet: boolean;
	/** As `SegmenterOptions.sessions`. */
	readonly sessions: number;
	/** Is told of the model that was loaded. */
	onModel(model: Segmenter["model"]): void;
}

/**
 * Load what makes the results of a run.
 *
 * @throws DinosegError RUN_MISMATCH if its output is not seen here, or its model has other weights; of loading the model
 */
export async function openRun(
	context: CommandContext,
	{ kind, output, run, terms: written }: QueuedBatch,
	{ cache, quiet, sessions, onModel }: OpenRunOptions,
): Promise<OpenRun> {
	const { env, temporaryFiles } = context;
	const storage = await openStorage(output, { temporaryFiles, env });
	let segmenter: Segmenter | undefined;
	const dispose = async (): Promise<void> => {
		await segmenter?.dispose();
		await storage[Symbol.asyncDispose]();
	};
	try {
		await checkRun(storage, run);
		const terms = await readTerms(written, storage);
		segmenter = await openSegmenter(context, { cache, quiet }, terms, sessions);
		const { digest, name } = segmenter.model;
		if (digest !== terms.modelDigest) {
			throw new DinosegError(
				"RUN_MISMATCH",
				`The model ${name} has the digest ${digest} here, and ${terms.modelDigest} where the run was begun. Have the same weights on all machines.`,
				{ details: { model: name, expected: terms.modelDigest, actual: digest } },
			);
		}
		onModel(segmenter.model);
		const maker = { storage, segmenter, terms };
		const outputs = kind === "segment" ? storedOutputs(context, maker) : partOutputs(context, maker);
		return { ...outputs, [Symbol.asyncDispose]: dispose };
	} catch (error) {
		await dispose();
		throw error;
	}
}
