export {
	changedFiles,
	type Manifest,
	type ManifestOptions,
	openManifest,
	type ReadManifest,
	readManifest,
} from "./manifest.ts";
export type { BadLine, DoneLine, SealedFile } from "./manifest-line.ts";
export { readPathList } from "./path-list.ts";
export {
	type BatchEvent,
	type BatchGap,
	type BatchItem,
	type BatchOptions,
	type BatchOutcome,
	runBatch,
} from "./run-batch.ts";
export { type PinnedRun, pinRun, type Run, readRun } from "./run-file.ts";
export { sealOutput } from "./seal-output.ts";
export {
	formatIndices,
	isInShard,
	MAX_SHARDS,
	parseShard,
	type ScheduledShard,
	type Shard,
	shardOfScheduler,
	WHOLE,
} from "./shard.ts";
export { itemLines, runLines, type ShardState, shardFolder, shardStates } from "./shard-folders.ts";
export { writeSummary } from "./summary.ts";
export { isSameInTar, openTar, sealBytes, type TarFile, type TarPlace } from "./tar-file.ts";
