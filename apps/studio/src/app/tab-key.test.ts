import { describe, expect, it } from "vitest";
import { tabKey } from "./tab-key.ts";

/** What a tab keeps. @param kept of the tab that it was copied from. */
function storageOf(kept = new Map<string, string>()) {
	const items = new Map(kept);
	return {
		items,
		getItem: (name: string) => items.get(name) ?? null,
		setItem: (name: string, value: string) => void items.set(name, value),
	};
}

/** Locks of a browser, as pages hold them: until they go. */
function browserLocks() {
	const held = new Set<string>();
	const waiting: [name: string, grant: () => void][] = [];
	const request = (name: string, { signal }: LockOptions, callback: LockGrantedCallback<void>) =>
		new Promise<void>((_resolve, reject) => {
			const grant = (): void => {
				held.add(name);
				void callback({ name, mode: "exclusive" });
			};
			if (!held.has(name)) {
				grant();
				return;
			}
			waiting.push([name, grant]);
			signal?.addEventListener("abort", () => reject(signal.reason));
		});
	return {
		locks: { request } as Pick<LockManager, "request">,
		held,
		/** A page goes, and the next one that waits gets its lock. */
		release(): void {
			held.clear();
			waiting.shift()?.[1]();
		},
	};
}

describe("the key of a tab", () => {
	it("is held, and the same when the page is loaded again", async () => {
		const { locks, held, release } = browserLocks();
		const storage = storageOf();
		const key = await tabKey({ storage, locks });
		expect([...held]).toEqual([`dinoseg-${key}`]);
		release();
		expect(await tabKey({ storage, locks })).toBe(key);
	});

	it("is the same also while the page before is about to go", async () => {
		const { locks, release } = browserLocks();
		const storage = storageOf();
		const key = await tabKey({ storage, locks });
		const again = tabKey({ storage, locks });
		release();
		expect(await again).toBe(key);
	});

	it("is another for a tab that was copied", async () => {
		const { locks, held } = browserLocks();
		const first = storageOf();
		const key = await tabKey({ storage: first, locks });
		const copy = storageOf(first.items);
		const other = await tabKey({ storage: copy, locks });
		expect(other).not.toBe(key);
		expect([...held]).toEqual([`dinoseg-${key}`, `dinoseg-${other}`]);
		expect(await tabKey({ storage: copy, locks: undefined })).toBe(other);
	});

	it("needs no locks", async () => {
		const storage = storageOf();
		const key = await tabKey({ storage, locks: undefined });
		expect(key).toMatch(/^[0-9a-f]{32}$/);
		expect(await tabKey({ storage, locks: undefined })).toBe(key);
	});
});
