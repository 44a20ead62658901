import { throwIfAborted } from "@dinoseg/core";
import { isDinosegError } from "@dinoseg/core/errors";
import type { Segmenter } from "@dinoseg/node/segmenter";

/** What a piece of work needs. */
export interface Need {
	/** The model, in its precision: a worker holds one at a time. @default whichever is there, else the standard one */
	readonly model?: string;
	/** The image that it is about: a worker that knows it already is the fastest. */
	readonly imageId: string;
}

export interface WorkersOptions {
	/** Segmentations that are computed at the same time. */
	readonly count: number;
	/** The model that is opened for what needs none. */
	readonly standard: string;
	/** Open the segmenter of a model. */
	open(model: string): Promise<Segmenter>;
}

/** Segmenters, each in threads of its own, which take what waits in its order. */
export interface Workers {
	/** Pieces of work that wait. */
	readonly waiting: number;
	/** Pieces of work that are done now. */
	readonly running: number;
	/**
	 * Do something with a segmenter that nobody else uses meanwhile.
	 *
	 * @throws DinosegError ABORTED if the signal was fired before it began; of opening the segmenter; what `work` throws
	 */
	run<T>(need: Need, signal: AbortSignal, work: (segmenter: Segmenter) => Promise<T>): Promise<T>;
	/** Wait for what is done now, and free all segmenters. */
	dispose(): Promise<void>;
}

interface Worker {
	isBusy: boolean;
	model: string | undefined;
	segmenter: Segmenter | undefined;
	/** The images that it knew last. */
	readonly images: Set<string>;
}

interface Waiting {
	readonly need: Need;
	begin(worker: Worker): void;
}

/** Images of which a worker is taken to remember something. */
const REMEMBERED = 8;

export function createWorkers({ count, standard, open }: WorkersOptions): Workers {
	const workers = Array.from(
		{ length: count },
		(): Worker => ({ isBusy: false, model: undefined, segmenter: undefined, images: new Set() }),
	);
	const queue: Waiting[] = [];
	const running = new Set<Promise<unknown>>();

	const next = (): void => {
		const [first] = queue;
		const worker = first && fittest(workers, first.need);
		if (worker !== undefined) {
			queue.shift();
			worker.isBusy = true;
			first.begin(worker);
		}
	};

	const acquire = (need: Need, signal: AbortSignal): Promise<Worker> =>
		new Promise((resolve, reject) => {
			const waiting: Waiting = {
				need,
				begin(worker) {
					signal.removeEventListener("abort", leave);
					resolve(worker);
				},
			};
			const leave = (): void => {
				queue.splice(queue.indexOf(waiting), 1);
				try {
					throwIfAborted(signal);
				} catch (error) {
					reject(error);
				}
			};
			signal.addEventListener("abort", leave, { once: true });
			queue.push(waiting);
			next();
		});

	const equip = async (worker: Worker, model: string): Promise<Segmenter> => {
		if (worker.segmenter !== undefined && worker.model === model) {
			return worker.segmenter;
		}
		const { segmenter } = worker;
		worker.segmenter = undefined;
		worker.images.clear();
		await segmenter?.dispose();
		worker.segmenter = await open(model);
		worker.model = model;
		return worker.segmenter;
	};

	const use = async <T>(worker: Worker, need: Need, work: (segmenter: Segmenter) => Promise<T>): Promise<T> => {
		try {
			const segmenter = await equip(worker, need.model ?? worker.model ?? standard);
			remember(worker.images, need.imageId);
			return await work(segmenter);
		} catch (error) {
			// After a fault nobody knows what state it is in.
			if (!isDinosegError(error) || error.code === "INTERNAL" || error.code === "MODEL_RUN_FAILED") {
				const { segmenter } = worker;
				worker.segmenter = undefined;
				await segmenter?.dispose().catch(() => undefined);
			}
			throw error;
		} finally {
			worker.isBusy = false;
			next();
		}
	};

	return {
		get waiting() {
			return queue.length;
		},
		get running() {
			return workers.filter(({ isBusy }) => isBusy).length;
		},
		async run(need, signal, work) {
			throwIfAborted(signal);
			const worker = await acquire(need, signal);
			const using = use(worker, need, work);
			running.add(using);
			return using.finally(() => running.delete(using));
		},
		async dispose() {
			await Promise.allSettled(running);
			await Promise.all(workers.map(({ segmenter }) => segmenter?.dispose()));
		},
	};
}

/** Of the workers that are free, the one that has least to load. */
function fittest(workers: readonly Worker[], { model, imageId }: Need): Worker | undefined {
	const cost = (worker: Worker): number => {
		if (worker.segmenter === undefined) {
			return 2;
		}
		return model === undefined || worker.model === model ? (worker.images.has(imageId) ? 0 : 1) : 3;
	};
	const [best] = workers.filter(({ isBusy }) => !isBusy).sort((a, b) => cost(a) - cost(b));
	return best;
}

function remember(images: Set<string>, id: string): void {
	images.delete(id);
	images.add(id);
	if (images.size > REMEMBERED) {
		images.delete(images.values().next().value as string);
	}
}
