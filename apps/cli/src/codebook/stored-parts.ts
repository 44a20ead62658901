import { type CodebookPart, decodeCodebookPart, mergeParts } from "@dinoseg/core/codebook";
import { DinosegError, isDinosegError, optionName } from "@dinoseg/core/errors";
import {
	type DoneLine,
	endedChunks,
	formatIndices,
	indexOfShard,
	type PinnedRun,
	readRun,
	type Storage,
	sealBytes,
	shardKey,
	shardStates,
} from "@dinoseg/jobs";

/** Where the parts of a codebook are, beside it: a folder, or a prefix of a bucket. */
export function partsPlace(output: string): string {
	return `${output}.parts`;
}

/** The object of a part, by its bytes: two workers that have not seen the same images write two parts. */
export function partKey(bytes: Uint8Array): string {
	const [, sha256] = sealBytes(bytes);
	return `parts/${sha256}.part`;
}

/**
 * Read the part that is common to the lines of some images.
 *
 * @returns nothing where it is not there, has other bytes than it was written with, or is not of just these images.
 * @throws DinosegError STORAGE_*
 */
export async function readPart(storage: Storage, lines: readonly DoneLine[]): Promise<CodebookPart | undefined> {
	const keys = new Set(lines.flatMap(({ files }) => Object.keys(files)));
	const [key = ""] = keys;
	const bytes = keys.size === 1 ? await storage.get(key) : undefined;
	if (bytes === undefined || partKey(bytes) !== key) {
		return undefined;
	}
	try {
		const part = decodeCodebookPart(bytes, `${storage.uri}/${key}`);
		return part.summary.images === lines.length ? part : undefined;
	} catch (error) {
		if (isDinosegError(error) && error.code === "CODEBOOK_INVALID") {
			return undefined;
		}
		throw error;
	}
}

/** What all chunks saw together. */
export interface JoinedParts {
	readonly part: CodebookPart;
	/** Images that cannot be read. */
	readonly bad: number;
}

/**
 * Join what all chunks of all shards saw.
 *
 * @param output the codebook, for messages.
 * @throws DinosegError INPUT_NOT_FOUND that names the shards that are missing, INPUT_EMPTY if there is no image;
 *   CODEBOOK_INVALID, MANIFEST_INVALID, STORAGE_*
 */
export async function joinParts(storage: Storage, output: string): Promise<JoinedParts> {
	const run = await readRun(storage);
	if (run?.kind !== "summarise") {
		throw new DinosegError(
			"INPUT_NOT_FOUND",
			`${output}: has no parts beside it. Make them by ${optionName("shard")}, such as dinoseg fit photos ${optionName("shard")} 1/2, and name the same ${optionName("output")}.`,
			{ details: { output } },
		);
	}
	const missing: number[] = [];
	let bad = 0;
	for await (const state of shardStates(storage, run)) {
		bad += state.bad;
		if (!state.isComplete) {
			missing.push(indexOfShard(state, run));
		}
	}
	if (missing.length > 0) {
		const what =
			run.shards === 1
				? "it is not known that all of its images were looked at. Run the command again that looks at them: it looks at none twice"
				: `of its ${run.shards} shards these are missing: ${formatIndices(missing)}. Run these first`;
		throw new DinosegError("INPUT_NOT_FOUND", `${output}: ${what}.`, { details: { output, missing } });
	}
	return { part: await mergeParts(allParts(storage, run, output)), bad };
}

/** The error for a codebook of nothing. */
export function noImage(output: string): DinosegError {
	return new DinosegError("INPUT_EMPTY", `${output}: is not written, for there is no image that can be read.`);
}

/** One part after the other: each may take as much memory as a codebook. */
async function* allParts(
	storage: Storage,
	run: PinnedRun,
	output: string,
): AsyncGenerator<{ readonly path: string; readonly part: CodebookPart }> {
	let isEmpty = true;
	const gone: string[] = [];
	for (let number = 1; number <= run.shards; number++) {
		for await (const { key, lines } of endedChunks(storage, shardKey({ number, count: run.shards }), run.id)) {
			const path = `${storage.uri}/${key}`;
			if (lines?.length === 0) {
				continue;
			}
			const part = lines && (await readPart(storage, lines));
			if (part === undefined) {
				gone.push(key);
			} else if (gone.length === 0) {
				isEmpty = false;
				yield { path, part };
			}
		}
	}
	if (gone.length > 0) {
		// So that the next command has these images looked at again.
		await storage.remove(gone);
		throw new DinosegError(
			"CODEBOOK_INVALID",
			`${storage.uri}/${gone[0]}: what was seen of the images of this chunk${gone.length === 1 ? "" : ` and ${gone.length - 1} more`} ` +
				"is gone, or has changed. Run the command again that looked at them.",
			{ details: { path: `${storage.uri}/${gone[0]}`, chunks: gone.length } },
		);
	}
	if (isEmpty) {
		throw noImage(output);
	}
}
