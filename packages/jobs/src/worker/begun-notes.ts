import type { Lease } from "../queue/queue.ts";
import { untilAborted } from "../queue/redis/until-aborted.ts";

/** Keeps in the queue which items of a chunk are in work, so that one that ends its workers is known by that. */
export interface BegunNotes {
	/** Workers that ended while they had the item in work. */
	deaths(path: string): number;
	/** How often the chunk was given back because of a storage that is away. */
	readonly returns: number;
	addReturn(): Promise<void>;
	/** Note that work on an item begins. */
	begin(path: string): Promise<void>;
	/** Work on an item ended. The next note says so: whoever finds its output there makes it no more. */
	end(path: string): void;
	/** Note now what has ended, since the worker leaves the chunk and no death is to be blamed on its items. */
	leave(): Promise<void>;
}

/** @param stop when it aborts, nothing is waited for: a queue that is away answers nothing. */
export function createBegunNotes({ noted, note }: Pick<Lease, "noted" | "note">, stop: AbortSignal): BegunNotes {
	const { before, returns } = readNote(noted);
	let returned = returns;
	const begun = new Map(before);
	// Without a note, an item that ends its workers is found later. All others need none.
	const write = (): Promise<void> =>
		note({ begun: Object.fromEntries(begun), returns: returned }).catch(() => undefined);
	return {
		deaths: (path) => before.get(path) ?? 0,
		returns,
		async addReturn() {
			returned += 1;
			await untilAborted(write(), [stop]);
		},
		async begin(path) {
			begun.set(path, (before.get(path) ?? 0) + 1);
			await untilAborted(write(), [stop]);
		},
		end: (path) => void begun.delete(path),
		async leave() {
			await untilAborted(write(), [stop]);
		},
	};
}

function readNote(noted: Lease["noted"]) {
	const { begun = {}, returns = 0 } = (noted ?? {}) as {
		readonly begun?: Readonly<Record<string, number>>;
		readonly returns?: number;
	};
	return { before: new Map(Object.entries(begun)), returns };
}
