import type { BatchEvent } from "@dinoseg/jobs";
import type { CommandContext } from "../commands/context.ts";
import { shellMessage } from "../flags/shell-message.ts";
import type { BatchItems, ImageItem } from "../inputs/batch-items.ts";
import { type BatchState, createBatchProgress } from "../progress/batch-progress.ts";
import { describeDuration } from "../progress/progress.ts";

/** A failure in the document that `--json` prints. */
export interface ToldFailure {
	/** Null of a part of the input that cannot be searched. */
	readonly path: string | null;
	readonly code: string;
	readonly message: string;
}

/** Failures that the document holds; all of them are told, and those in quarantine are in the summary. */
const MOST_TOLD = 1000;

/** Of what is done, the image is enough. */
export type FollowedEvent =
	| Exclude<BatchEvent<ImageItem>, { type: "done" }>
	| { readonly type: "done"; readonly item: ImageItem };

/** Tells how far a batch is, and keeps what `--json` prints of it. */
export interface BatchLog {
	readonly failures: readonly ToldFailure[];
	follow(event: FollowedEvent): void;
	/** Tell how far a batch is, as its queue counts. */
	look(state: BatchState): void;
	/** Count the images in the background once there is something to do, for the time that is left. */
	count(items: BatchItems): void;
	note(text: string): void;
	/** Tell no more of how far it is. */
	end(): void;
}

/** @param quiet only failures are told. */
export function createBatchLog(context: CommandContext, quiet: boolean): BatchLog {
	const progress = createBatchProgress(context, quiet);
	const failures: ToldFailure[] = [];
	let state: BatchState = { done: 0, present: 0, failed: 0, total: undefined };
	let isEnded = false;
	let counted: BatchItems | undefined;
	const startCounting = (items: BatchItems): void => {
		void countAll(items, () => isEnded).then(
			(total) => {
				state = { ...state, total };
			},
			// The run meets the same error, and tells it.
			() => undefined,
		);
	};
	return {
		failures,
		follow(event) {
			const input = "item" in event ? event.item.input : undefined;
			if (event.type === "start" && counted !== undefined) {
				startCounting(counted);
				counted = undefined;
			}
			if (event.type === "done") {
				state = { ...state, done: state.done + 1 };
			} else if (event.type === "present" || event.type === "quarantined") {
				state = { ...state, present: state.present + 1 };
			} else if (event.type === "failed" || event.type === "gap") {
				state = { ...state, failed: state.failed + (event.type === "failed" ? 1 : 0) };
				progress.failed(event.error);
				if (failures.length < MOST_TOLD) {
					const path = event.type === "failed" ? event.item.path : null;
					failures.push({ path, code: event.error.code, message: shellMessage(event.error) });
				}
			} else if (event.type === "retry") {
				progress.note(`${shellMessage(event.error)} Again in ${describeDuration(event.waitMs)}.`);
			}
			progress.update(state, input);
		},
		look(looked) {
			state = looked;
			progress.update(looked);
		},
		count(items) {
			counted = items;
		},
		note: (text) => progress.note(text),
		end() {
			isEnded = true;
			progress.end();
		},
	};
}

async function countAll(items: BatchItems, isEnded: () => boolean): Promise<number | undefined> {
	let total = 0;
	for await (const chunk of items) {
		if (isEnded()) {
			return undefined;
		}
		total += chunk.filter((item) => !("error" in item)).length;
	}
	return total;
}
