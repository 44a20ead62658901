import { encodeNpy } from "@dinoseg/core/labels";
import { findHighNormTokens } from "@dinoseg/core/tensor";
import { checkOutputFile, writeFileAt } from "../buckets/file-at.ts";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { sourceOf } from "../inputs/source-of.ts";
import { describeDuration } from "../progress/progress.ts";
import { createRunLog } from "../progress/run-log.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { checkStdout, STDOUT } from "./stdout-output.ts";

export interface FeaturesFlags {
	readonly output: string;
	readonly cache: boolean;
	readonly force?: boolean;
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** Write the token grid of one image. */
export async function writeFeatures(
	context: CommandContext,
	input: string,
	flags: FeaturesFlags,
	parsed: ParsedFlags,
): Promise<ExitCode> {
	const { options } = parsed;
	const isStdout = flags.output === STDOUT;
	if (isStdout) {
		checkStdout(context.stdout, flags, false);
	}
	const log = createRunLog(context, flags);
	const segmenter = await openSegmenter(context, flags, parsed);
	try {
		segmenter.validate(options);
	} catch (error) {
		await segmenter.dispose();
		throw error;
	}
	try {
		tellBundledModel(context, segmenter.model, flags);
		log.tell({ type: "run-start", total: 1 });
		log.tell({ type: "image-start", input });
		if (!isStdout) {
			await checkOutputFile(context, flags.output, flags.force === true);
		}
		const start = context.now();
		const grid = await segmenter.features(await sourceOf(context, { input }), {
			...options,
			// The check of k against the tokens has nothing to say here.
			clusters: 1,
			onEvent(event) {
				if (event.type === "warning") {
					log.tell({ type: "warning", input, warning: event.warning });
				}
			},
		});
		const npy = encodeNpy(grid.data, [grid.rows, grid.cols, grid.dim]);
		if (isStdout) {
			context.stdout.write(npy);
		} else {
			await writeFileAt(context, flags.output, npy);
		}
		log.done(input, flags.output);
		const outliers = findHighNormTokens(grid).positions.length;
		const repaired = options.repair ? ", repaired" : "";
		const found = outliers > 0 ? ` · ${outliers} high-norm token${outliers === 1 ? "" : "s"}${repaired}` : "";
		const shape = `${grid.rows} x ${grid.cols} x ${grid.dim} float32${found}`;
		const took = describeDuration(context.now() - start);
		log.tell({ type: "image-done", input, summary: `${isStdout ? "stdout" : flags.output} · ${shape} · ${took}` });
	} catch (error) {
		log.failed(input, asDinosegError(error, input));
	} finally {
		await segmenter.dispose();
	}
	log.finish();
	return log.failures() > 0 ? EXIT.failed : EXIT.done;
}
