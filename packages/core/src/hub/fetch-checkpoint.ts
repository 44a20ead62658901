import { parseModelConfig } from "../model/index.ts";
import type { HubListener } from "./context.ts";
import { type CheckpointFiles, type RepoFile, selectShards } from "./repo-files.ts";

/** Where the files of a checkpoint are kept. */
export interface CheckpointStore {
	/**
	 * Refuse files for which there is no room; those that are there already need none.
	 *
	 * @throws DinosegError CACHE_NO_SPACE
	 */
	checkSpace(files: readonly RepoFile[]): Promise<void>;
	/** Have a file, verified. @param onBytes told the bytes of it that are there. */
	fetchFile(file: RepoFile, onBytes: (bytes: number) => void): Promise<void>;
	/** The text of a file that was fetched. */
	readText(file: RepoFile): Promise<string>;
}

/** A checkpoint of a repository. */
export interface CheckpointSource {
	readonly repo: string;
	/** The files of the repository. */
	readonly listed: readonly RepoFile[];
	/** Those of the checkpoint among them, as `selectCheckpoint` finds them. */
	readonly chosen: CheckpointFiles;
}

/**
 * Have the files of a checkpoint.
 *
 * Its configuration comes first, so that a network of another family is refused before its weights are fetched; the
 * weights come last.
 *
 * @returns the files, with the parts of the weights.
 * @throws DinosegError MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, HUB_PATH_UNSAFE, and what the store throws.
 */
export async function fetchCheckpoint(
	store: CheckpointStore,
	{ repo, listed, chosen }: CheckpointSource,
	onEvent: HubListener,
): Promise<readonly RepoFile[]> {
	const { config, preprocessor, weights } = chosen;
	const sharded = "index" in weights;
	const first = [config, ...(preprocessor === undefined ? [] : [preprocessor]), ...(sharded ? [weights.index] : [])];
	const plan = sharded ? [...first] : [...first, weights];
	const there = new Map<string, number>();
	const fetchNext = (file: RepoFile) =>
		store.fetchFile(file, (bytes) => {
			there.set(file.name, bytes);
			const sum = [...there.values()].reduce((total, each) => total + each, 0);
			const total = plan.reduce((all, each) => all + each.bytes, 0);
			onEvent({ type: "progress", file: file.name, bytes: sum, total });
		});
	await store.checkSpace(plan);
	for (const file of first) {
		await fetchNext(file);
	}
	parseModelConfig(await store.readText(config), `${repo}/${config.name}`);
	if (sharded) {
		plan.push(...selectShards(await store.readText(weights.index), listed, repo));
		await store.checkSpace(plan);
	}
	for (const file of plan.slice(first.length)) {
		await fetchNext(file);
	}
	return plan;
}
