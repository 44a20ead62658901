import type { Rect } from "../scene.ts";

/** Something that can be taken back and done again. */
export interface HistoryEntry {
	/** Memory that it takes, about. */
	readonly bytes: number;
	/** True if it changes nothing: what was done was taken back by hand. */
	readonly isEmpty: boolean;
	/** Each returns where pixels changed. */
	undo(): readonly Rect[];
	redo(): readonly Rect[];
	/** Both as one, this first; undefined where they cannot be. */
	join(next: HistoryEntry): HistoryEntry | undefined;
}

/** What one undo takes back. */
interface Step {
	readonly label: string;
	readonly gesture: number | undefined;
	readonly entries: readonly HistoryEntry[];
}

/** The steps of a document, bounded by the memory that they take: the oldest go first, the last one never. */
export class History {
	readonly #mostBytes: number;
	#undo: Step[] = [];
	#redo: Step[] = [];

	constructor(mostBytes: number) {
		this.#mostBytes = mostBytes;
	}

	get undoLabel(): string | undefined {
		return this.#undo.at(-1)?.label;
	}

	get redoLabel(): string | undefined {
		return this.#redo.at(-1)?.label;
	}

	/** Add what was done; all that could be done again is lost. Entries of one gesture are one step. */
	push(entry: HistoryEntry, label: string, gesture?: number): void {
		const last = this.#redo.length === 0 ? this.#undo.at(-1) : undefined;
		this.#redo = [];
		if (last !== undefined && gesture !== undefined && last.gesture === gesture) {
			const joined = last.entries.at(-1)?.join(entry);
			const all = joined === undefined ? [...last.entries, entry] : [...last.entries.slice(0, -1), joined];
			const entries = all.filter(({ isEmpty }) => !isEmpty);
			this.#undo.splice(-1, 1, ...(entries.length === 0 ? [] : [{ label, gesture, entries }]));
		} else {
			this.#undo.push({ label, gesture, entries: [entry] });
		}
		this.#bound();
	}

	/** Take the last step back. Returns where pixels changed; undefined if there is none. */
	undo(): readonly Rect[] | undefined {
		const step = this.#undo.pop();
		if (step === undefined) {
			return undefined;
		}
		this.#redo.push(step);
		return step.entries.toReversed().flatMap((entry) => entry.undo());
	}

	/** Do the last step that was taken back again. */
	redo(): readonly Rect[] | undefined {
		const step = this.#redo.pop();
		if (step === undefined) {
			return undefined;
		}
		this.#undo.push(step);
		return step.entries.flatMap((entry) => entry.redo());
	}

	#bound(): void {
		const sizes = this.#undo.map(({ entries }) => entries.reduce((sum, { bytes }) => sum + bytes, 0));
		let bytes = sizes.reduce((sum, size) => sum + size, 0);
		let oldest = 0;
		while (bytes > this.#mostBytes && oldest < sizes.length - 1) {
			bytes -= sizes[oldest++];
		}
		this.#undo = this.#undo.slice(oldest);
	}
}
