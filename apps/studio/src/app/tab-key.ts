import { tabLock } from "../storage/tab-locks.ts";
import { randomId } from "./random-id.ts";

const NAME = "dinoseg-tab";
/** Milliseconds to wait for a key: right after a reload, the page that goes may still hold it. */
const WAIT_MS = 1000;

/** What a browser gives to a tab. */
export interface TabSurroundings {
	/** Outlives the page; a tab that is copied begins with a copy of it. */
	readonly storage: Pick<Storage, "getItem" | "setItem">;
	/** None where the page is served neither by https nor from this machine. */
	readonly locks: Pick<LockManager, "request"> | undefined;
}

/**
 * A key of this tab: it stays when the page is loaded again, and no other tab has it. A tab that was copied from another
 * one gets its own, if there are locks.
 *
 * @param surroundings Default: those of this page.
 */
export async function tabKey(
	{ storage, locks }: TabSurroundings = { storage: sessionStorage, locks: navigator.locks },
): Promise<string> {
	const known = storage.getItem(NAME);
	if (known !== null && (await hold(known, locks))) {
		return known;
	}
	const key = randomId();
	storage.setItem(NAME, key);
	await hold(key, locks);
	return key;
}

/** Hold a key for the life of this page. @returns false if another tab has it. */
function hold(key: string, locks: TabSurroundings["locks"]): Promise<boolean> {
	if (locks === undefined) {
		return Promise.resolve(true);
	}
	return new Promise((resolve) => {
		const forLife = (): Promise<void> => {
			resolve(true);
			return new Promise(() => undefined);
		};
		locks.request(tabLock(key), { signal: AbortSignal.timeout(WAIT_MS) }, forLife).catch(() => resolve(false));
	});
}
