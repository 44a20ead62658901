export type { BatchGap, BatchItem } from "./batch-item.ts";
export { type EndedChunk, endedChunks } from "./chunk/chunk-end.ts";
export type { QueuedBatch, QueuedItem } from "./chunk/chunk-job.ts";
export { CHUNK_BOUNDS, type ChunkBounds } from "./chunk/chunks.ts";
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
export { produceBatch } from "./producer/produce-batch.ts";
export type { ProducedState, ProducerEvent, ProducerOptions } from "./producer/producer-options.ts";
export type { JsonValue } from "./queue/json-value.ts";
export { createMemoryQueue, type MemoryQueueOptions } from "./queue/memory-queue.ts";
export { DEFAULT_LEASE_MS, openQueue } from "./queue/open-queue.ts";
export type {
	ConsumeOptions,
	Consumer,
	JobFailure,
	JobOutcome,
	JobQueue,
	Lease,
	QueueCounts,
	QueuedJob,
	QueuedRun,
	QueueEvent,
	RunCounts,
	WorkerState,
} from "./queue/queue.ts";
export type { RedisQueueOptions } from "./queue/redis-queue.ts";
export {
	type BatchEvent,
	type BatchOptions,
	type BatchOutcome,
	runBatch,
} from "./run-batch.ts";
export { checkRun, type PinnedRun, pinRun, type Run, type RunKind, readRun } from "./run-file.ts";
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
export {
	indexOfShard,
	itemLines,
	runLines,
	type ShardState,
	shardFolder,
	shardKey,
	shardStates,
} from "./shard-folders.ts";
export * from "./storage/index.ts";
export { writeSummary } from "./summary.ts";
export { isSameInTar, openTar, sealBytes, type TarFile, type TarPlace } from "./tar-file.ts";
export type { OpenRun } from "./worker/run-keeper.ts";
export type { ChunkOutputs, RunOutputs } from "./worker/run-outputs.ts";
export { runWorker, type WorkerEvent, type WorkerOptions } from "./worker/run-worker.ts";
