import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { DEFAULT_MODEL_OPTIONS } from "@dinoseg/core/options";
import { cacheFolder } from "@dinoseg/node";
import { lockFolder, removeTemporaries } from "@dinoseg/node/files";
import { pino } from "pino";
import { isFault, problemOf } from "./api/problems.ts";
import type { Services } from "./app/services.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { isLoopbackHost, SERVER_DEFAULTS, type ServerOptions } from "./server-options.ts";
import { openEntryStore } from "./store/entry-store.ts";
import { createImageStore, IMAGE_MARKER, IMAGES } from "./store/images.ts";
import { createResultStore, RESULT_RECORD, RESULTS } from "./store/results.ts";
import { listStudioFiles } from "./studio/studio-files.ts";
import type { Surroundings } from "./surroundings.ts";
import { createInspector } from "./uploads/inspector.ts";
import { createImageWork } from "./work/image-work.ts";
import { createJobs } from "./work/jobs.ts";
import { createModels } from "./work/models.ts";
import { createPixels } from "./work/pixels.ts";
import { createSegmentations } from "./work/segmentations.ts";
import { createWorkers } from "./work/workers.ts";

/** The services, and how they end. */
export interface OpenServices {
	readonly services: Services;
	/** Take no more requests, let jobs end for so long, and cancel those that are left. */
	stop(graceMs: number): Promise<void>;
	/** Free everything, when nobody asks for anything any more. */
	free(): Promise<void>;
}

/** Of tokens that each worker keeps in memory: of the last images that it saw. All others are on the disk. */
const MEMORY_BYTES = 32 * 2 ** 20;
/** Between two looks at what has expired. */
const SWEEP_MS = 60_000;
/** Workers unless a number is given: more than two make single segmentations slow on a machine of few cores. */
const DEFAULT_WORKERS = 2;

/**
 * Open everything that a service uses; its model is loaded then.
 *
 * @throws DinosegError OUTPUT_IN_USE, OUTPUT_UNWRITABLE; as `createSegmenter`
 */
export async function openServices(options: ServerOptions, surroundings: Surroundings): Promise<OpenServices> {
	const { env, cwd, temporaryFiles, openSegmenter, studioFolder, now } = surroundings;
	const log = pino({ level: surroundings.logLevel, base: {} }, surroundings.log);
	const { model, dtype, device } = { ...DEFAULT_MODEL_OPTIONS, ...definedOf(options) };
	const set = { ...SERVER_DEFAULTS, ...definedOf(options) };
	const cores = availableParallelism();
	const workerCount = options.workers ?? Math.min(cores, DEFAULT_WORKERS);
	const caches = cacheFolder({ env });
	const folder = options.folder ?? join(caches, "service");
	const lock = await lockFolder(folder, temporaryFiles);
	const uploads = join(folder, "uploads");
	const nowhere = join(folder, "nowhere");
	await mkdir(uploads, { recursive: true });
	await mkdir(nowhere, { recursive: true });
	await removeTemporaries(uploads);
	const store = await openEntryStore({
		folder,
		markers: { [IMAGES]: IMAGE_MARKER, [RESULTS]: RESULT_RECORD },
		maxBytes: set.maxStoredBytes,
		maxAgeMs: set.keepSeconds * 1000,
		temporaryFiles,
		now: Date.now,
	});
	const models = createModels({
		model,
		dtype,
		device,
		env,
		cwd,
		nowhere,
		openSegmenter,
		segmenter: {
			threads: Math.max(1, Math.floor(cores / workerCount)),
			memoryBytes: MEMORY_BYTES,
			cacheFolder: caches,
			temporaryFiles,
		},
	});
	const standard = models.keyOf(models.defaultModel, dtype);
	const workers = createWorkers({ count: workerCount, standard, open: models.open });
	const jobs = createJobs({
		capacity: set.maxQueue,
		workers: workerCount,
		now,
		onFailure(job, err) {
			const problem = problemOf(err);
			const { code } = problem;
			log[isFault(problem) ? "error" : "info"]({ job, code, ...(isFault(problem) ? { err } : {}) }, "a job failed");
		},
	});
	const studio = await listStudioFiles(studioFolder);
	const metrics = createMetrics({
		jobsWaiting: () => jobs.waiting,
		jobsRunning: () => jobs.running,
		storedBytes: () => store.bytes,
		storedEntries: () => store.count,
	});
	const images = createImageStore(store);
	const results = createResultStore(store);
	const inspector = createInspector();
	const work = createImageWork({ images, workers, jobMs: set.jobSeconds * 1000, onEvent: metrics.seeEvent });
	const segmentations = createSegmentations({ work, results, models, jobs, maxTokens: set.maxTokens });
	const pixels = createPixels({ work, jobs });
	const sweeping = setInterval(() => {
		store.sweep().catch((err: unknown) => log.error({ err }, "what has expired could not be removed"));
	}, SWEEP_MS).unref();
	let isReady = true;

	const free = async (): Promise<void> => {
		clearInterval(sweeping);
		await Promise.all([workers.dispose(), inspector.close()]);
		lock.release();
	};
	try {
		// So that the first request finds the model loaded.
		await workers.run({ model: standard, imageId: "" }, new AbortController().signal, async () => undefined);
	} catch (error) {
		await free();
		throw error;
	}
	const access = { token: set.token, isLoopback: isLoopbackHost(set.host), origins: set.origins ?? [] };
	return {
		services: {
			images,
			segmentations,
			pixels,
			models,
			studio,
			jobs,
			inspector,
			uploads: {
				folder: uploads,
				temporaryFiles,
				limits: { maxBytes: set.maxBytes, uploadMs: set.uploadSeconds * 1000 },
			},
			maxPixels: set.maxPixels,
			metrics,
			log,
			access,
			isReady: () => isReady,
			now,
		},
		stop(graceMs) {
			isReady = false;
			return jobs.stop(graceMs);
		},
		free,
	};
}

/** Without what is explicitly not given. */
function definedOf<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]: Exclude<T[K], undefined>;
	};
}
