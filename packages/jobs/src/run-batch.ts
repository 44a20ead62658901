import type { DinosegError } from "@dinoseg/core/errors";
import type { BatchGap, BatchItem } from "./batch-item.ts";
import { faultKind } from "./fault.ts";
import { createItemFilter } from "./item-filter.ts";
import type { Manifest } from "./manifest.ts";
import type { DoneLine } from "./manifest-line.ts";

/** What becomes of an item in this run. */
export type BatchEvent<Item> =
	| { readonly type: "start"; readonly item: Item }
	| { readonly type: "done"; readonly item: Item; readonly line: DoneLine }
	/** It was done before. */
	| { readonly type: "present"; readonly item: Item }
	/** It was put into quarantine before, and not tried. */
	| { readonly type: "quarantined"; readonly item: Item }
	| { readonly type: "retry"; readonly item: Item; readonly error: DinosegError; readonly waitMs: number }
	/** `isKept`: it is in quarantine now. Otherwise the next run tries it again. */
	| { readonly type: "failed"; readonly item: Item; readonly error: DinosegError; readonly isKept: boolean }
	| { readonly type: "gap"; readonly error: DinosegError };

export interface BatchOptions<Item extends BatchItem> {
	/** Some at a time, in any order; one that comes twice is taken once. */
	readonly items: AsyncIterable<readonly (Item | BatchGap)[]>;
	readonly manifest: Pick<Manifest, "status" | "add">;
	/** Items in work at the same time. */
	readonly limit: number;
	/** Whether the output of an item that is done is there, by the mark that the manifest remembers. */
	isThere(item: Item, mark: number): boolean;
	/**
	 * Make the output of an item, and see that it is on the disk.
	 *
	 * @param isChanged there is one, and it is to be replaced.
	 * @throws DinosegError
	 */
	work(item: Item, isChanged: boolean): Promise<Omit<DoneLine, "path" | "status">>;
	/** Whether a failure is left to the next run, also where the item seems to be at fault. @default none is */
	isPassing?(error: DinosegError): boolean;
	/** Try what is in quarantine again. @default false */
	readonly retryBad?: boolean;
	/** End at the first failure. @default false */
	readonly failFast?: boolean;
	/** Wait. False if the run is to end then. */
	pause(milliseconds: number): Promise<boolean>;
	onEvent(event: BatchEvent<Item>): void;
}

/** How a run ended. */
export interface BatchOutcome {
	/** Items that have an output now, in this run or before. */
	readonly done: number;
	readonly present: number;
	/** Items in quarantine, from this run or before. */
	readonly bad: number;
	/** Items and parts of the input that the next run may do. */
	readonly open: number;
	/** Why it ended early. */
	readonly stopped?: DinosegError;
}

/** Waits before something is tried again that failed in passing, milliseconds. */
export const BACK_OFF_MS = [500, 2000, 8000];

/**
 * Do every item that is not done yet, and note each with its output in the manifest.
 *
 * A failure that may pass is tried again, three times at most. An item that is at fault itself is put into quarantine. A
 * failure that all others would meet too, such as a full disk, ends the run: what is in work is finished, nothing new
 * begins, and the next run goes on there.
 *
 * @throws what `items` and the manifest throw
 */
export async function runBatch<Item extends BatchItem>(options: BatchOptions<Item>): Promise<BatchOutcome> {
	const { items, manifest, limit, failFast = false, onEvent } = options;
	const filter = createItemFilter();
	const counts = { done: 0, present: 0, bad: 0, open: 0 };
	let stopped: DinosegError | undefined;
	const stop = (error: DinosegError) => {
		stopped ??= error;
	};

	const fail = async (item: Item, error: DinosegError): Promise<void> => {
		const kind = faultKind(error);
		const isKept = kind === "bad" && options.isPassing?.(error) !== true;
		if (isKept) {
			const { code, message } = error;
			await manifest.add({ path: item.path, status: "bad", code, message });
		}
		counts[isKept ? "bad" : "open"] += 1;
		onEvent({ type: "failed", item, error, isKept });
		if (failFast || kind === "stop") {
			stop(error);
		}
	};

	const make = async (item: Item, isChanged: boolean): Promise<void> => {
		onEvent({ type: "start", item });
		for (let attempt = 0; ; attempt++) {
			try {
				const { mark, ...made } = await options.work(item, isChanged);
				const line: DoneLine = { status: "done", mark, path: item.path, ...made };
				await manifest.add(line);
				counts.done += 1;
				return onEvent({ type: "done", item, line });
			} catch (thrown) {
				const error = thrown as DinosegError;
				const waitMs = BACK_OFF_MS[attempt];
				if (faultKind(error) !== "passing" || waitMs === undefined || stopped !== undefined) {
					return fail(item, error);
				}
				onEvent({ type: "retry", item, error, waitMs });
				if (!(await options.pause(waitMs))) {
					return fail(item, error);
				}
			}
		}
	};

	const meetGap = (error: DinosegError): void => {
		counts.open += 1;
		onEvent({ type: "gap", error });
		if (failFast) {
			stop(error);
		}
	};

	/** @returns nothing if there is nothing to wait for: of many items there is not. */
	const take = (item: Item): Promise<void> | undefined => {
		const { isNew, conflict } = filter(item);
		if (conflict !== undefined) {
			meetGap(conflict);
		}
		if (!isNew) {
			return undefined;
		}
		const status = manifest.status(item.path, (mark) => options.isThere(item, mark));
		if (status === "bad" && !options.retryBad) {
			counts.bad += 1;
			onEvent({ type: "quarantined", item });
			return undefined;
		}
		if (status === "done") {
			counts.present += 1;
			onEvent({ type: "present", item });
			return undefined;
		}
		return make(item, status === "changed");
	};

	const iterator = items[Symbol.asyncIterator]();
	let chunk: readonly (Item | BatchGap)[] = [];
	let at = 0;
	let loading: Promise<boolean> | undefined;
	const load = async (): Promise<boolean> => {
		const { value, done } = await iterator.next();
		loading = undefined;
		[chunk, at] = [done ? [] : value, 0];
		return !done;
	};
	const takeAll = async (): Promise<void> => {
		while (stopped === undefined) {
			if (at === chunk.length) {
				// All that wait for more wait for the same.
				loading ??= load();
				if (!(await loading)) {
					return;
				}
				continue;
			}
			const next = chunk[at++];
			if ("error" in next) {
				meetGap(next.error);
			} else {
				const taking = take(next);
				if (taking !== undefined) {
					await taking;
				}
			}
		}
	};
	const workers = Array.from({ length: limit }, () =>
		takeAll().catch((error: unknown) => {
			stop(error as DinosegError);
			throw error;
		}),
	);
	// All of them: what is in work is finished also where one fails.
	await Promise.allSettled(workers);
	await iterator.return?.();
	await Promise.all(workers);
	const { done, present, bad, open } = counts;
	if (stopped === undefined && open === 0) {
		await manifest.add({ status: "end", done: done + present, bad });
	}
	return { done, present, bad, open, ...(stopped ? { stopped } : {}) };
}
