import { statSync } from "node:fs";
import { resolve } from "node:path";
import { decodeCodebook, encodeCodebook } from "@dinoseg/core/codebook";
import { DinosegError } from "@dinoseg/core/errors";
import type { SegmentNames } from "@dinoseg/core/labels";
import {
	formatOptions,
	type ModelOptions,
	readOptions,
	type SegmentationOptions,
	type WrittenOptions,
} from "@dinoseg/core/options";
import type { JsonValue, Storage } from "@dinoseg/jobs";
import type { Segmenter } from "@dinoseg/node/segmenter";
import type { UsedCodebook } from "../codebook/used-codebook.ts";
import type { CommandContext } from "../commands/context.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";

/** What the results of a run are made by, on whatever machine. */
export interface RunTerms extends Pick<ModelOptions, "dtype" | "device"> {
	/** An absolute path where it is a folder, else a name. */
	readonly model: string;
	/** Of its weights and their configuration. */
	readonly modelDigest: string;
	readonly options: SegmentationOptions;
	readonly names: SegmentNames;
	readonly used: UsedCodebook | undefined;
	readonly figure: boolean;
}

/** The same as it lies in a queue. The codebook, which may have megabytes, is beside the results. */
interface WrittenTerms {
	readonly model: string;
	readonly modelDigest: string;
	readonly dtype: ModelOptions["dtype"];
	readonly device: ModelOptions["device"];
	readonly options: WrittenOptions;
	readonly names: readonly (readonly [number, JsonValue])[];
	readonly codebook: { readonly key: string; readonly digest: string } | null;
	readonly figure: boolean;
}

/** What the flags of a command say. */
export function termsOf(
	{ cwd }: CommandContext,
	{ model }: Segmenter,
	{ model: given, dtype, device, options, used }: ParsedFlags,
	names: SegmentNames,
	figure: boolean,
): RunTerms {
	const folder = resolve(cwd, given);
	const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
	const name = isFolder && !model.bundled ? folder : given;
	return { model: name, modelDigest: model.digest, dtype, device, options, names, used, figure };
}

/** Write terms for a queue. @throws DinosegError STORAGE_*, OUTPUT_UNWRITABLE of the codebook */
export async function writeTerms(terms: RunTerms, storage: Storage): Promise<JsonValue> {
	const { used, options, names, ...others } = terms;
	const codebook = used && { key: `codebooks/${used.digest}.codebook`, digest: used.digest };
	if (used && codebook && (await storage.size(codebook.key)) === undefined) {
		await storage.put(codebook.key, encodeCodebook(used.codebook));
	}
	const written = { ...others, options: formatOptions(options), names: [...names], codebook: codebook ?? null };
	return written as unknown as JsonValue;
}

/**
 * Read the terms of a run.
 *
 * @throws DinosegError RUN_MISMATCH where its codebook is gone; OPTION_INVALID, CODEBOOK_INVALID, STORAGE_*
 */
export async function readTerms(written: JsonValue, storage: Storage): Promise<RunTerms> {
	const { options, names, codebook, ...others } = written as unknown as WrittenTerms;
	let used: UsedCodebook | undefined;
	if (codebook !== null) {
		const where = `${storage.uri}/${codebook.key}`;
		const bytes = await storage.get(codebook.key);
		if (bytes === undefined) {
			throw new DinosegError(
				"RUN_MISMATCH",
				`${where}: the codebook of the run is gone. Run the command of the run again.`,
			);
		}
		used = { codebook: decodeCodebook(bytes, where), digest: codebook.digest };
	}
	return { ...others, options: readOptions(options), names: new Map(names) as unknown as SegmentNames, used };
}
