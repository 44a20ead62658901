import { encodeCodebookPart } from "@dinoseg/core/codebook";
import { type ChunkOutputs, type DoneLine, type RunOutputs, sealBytes } from "@dinoseg/jobs";
import type { CommandContext } from "../commands/context.ts";
import { asDinosegError } from "../commands/internal-error.ts";
import { fileSource } from "../inputs/source-of.ts";
import type { StoredMaker } from "../runs/stored-outputs.ts";
import { createPartSum } from "./part-sum.ts";
import { partKey, readPart } from "./stored-parts.ts";

/** What a codebook needs to know of the images of each chunk: one part of it, which the lines of all its images name. */
export function partOutputs(context: CommandContext, { storage, segmenter, terms }: StoredMaker): RunOutputs {
	const { options } = terms;

	const openChunk = (left: readonly DoneLine[]): ChunkOutputs => {
		const sum = createPartSum();
		/** Of the images in the sum. */
		const paths = new Set<string>();
		let taking: Promise<boolean> | undefined;
		/** Go on with the part that another worker left. It has all of its images or none. */
		const take = (): Promise<boolean> => {
			taking ??= readPart(storage, left).then(
				(part) => {
					if (part !== undefined) {
						sum.add(part);
						for (const { path } of left) {
							paths.add(path);
						}
					}
					return part !== undefined;
				},
				(error) => {
					taking = undefined;
					throw error;
				},
			);
			return taking;
		};
		return {
			async work({ path, source }) {
				try {
					sum.add(await segmenter.summarise(await fileSource(context, source), options));
				} catch (error) {
					throw asDinosegError(error, source);
				}
				paths.add(path);
				return { mark: 0, files: {}, facts: {} };
			},
			async clear() {},
			isThere: take,
			isSame: take,
			async seal(lines) {
				const part = sum.part();
				if (part === undefined) {
					return [];
				}
				const bytes = encodeCodebookPart(part);
				const key = partKey(bytes);
				// Also if there is one of that name: its bytes may have changed.
				await storage.put(key, bytes);
				const files = { [key]: sealBytes(bytes) };
				return lines.filter(({ path }) => paths.has(path)).map((line) => ({ ...line, mark: bytes.length, files }));
			},
		};
	};
	return { storage, openChunk };
}
