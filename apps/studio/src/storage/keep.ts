import { createStore, delMany, entries, get, getMany, keys, set, setMany } from "idb-keyval";
import type { Settings } from "../session/scene.ts";
import { openTabs } from "./tab-locks.ts";

/** Segments that were changed, as they were left. */
export interface KeptDocument {
	readonly bytes: Uint8Array;
	/** Whether their parts are the superpixels of the region tree that their settings make. */
	readonly hasTree: boolean;
}

/** How a picture was left. */
export interface KeptState {
	readonly settings: Settings;
	/** @default the segments are those that the settings make */
	readonly document?: KeptDocument | undefined;
}

/** A picture, as it outlives the page. */
export interface KeptPicture {
	readonly id: string;
	readonly file: File;
	/** @default it was not segmented yet */
	readonly state?: KeptState | undefined;
}

/** Pictures of one tab, in the browser's database. */
export interface Keep {
	list(): Promise<KeptPicture[]>;
	state(id: string): Promise<KeptState | undefined>;
	/** Keep the file of a picture: once, for it may be large. */
	setFile(id: string, file: File): Promise<void>;
	setState(id: string, state: KeptState): Promise<void>;
	remove(id: string): Promise<void>;
	/** How many pictures are kept of tabs that are closed. */
	left(): Promise<number>;
	/** Make them pictures of this tab. */
	takeLeft(): Promise<void>;
}

interface Dated<T> {
	readonly value: T;
	/** Milliseconds since 1970. */
	readonly keptAt: number;
}

/** What nobody opened for so long is forgotten. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * Open what a tab keeps, and forget what is old.
 *
 * @param tab key of the tab: two tabs share nothing.
 */
export async function openKeep(tab: string): Promise<Keep> {
	const store = createStore("dinoseg-studio", "pictures");
	const fileKey = (id: string): string => `${tab}/${id}/file`;
	const stateKey = (id: string): string => `${tab}/${id}/state`;
	const all = (): Promise<[string, Dated<unknown>][]> => entries<string, Dated<unknown>>(store);
	const put = (key: string, value: unknown): Promise<void> => set(key, { value, keptAt: Date.now() }, store);

	const oldest = Date.now() - KEPT_MS;
	const old = (await all()).filter(([, { keptAt }]) => !(keptAt >= oldest));
	await delMany(
		old.map(([key]) => key),
		store,
	);
	/** Keys of closed tabs. */
	const left = async (): Promise<string[]> => {
		const open = await openTabs();
		return open === undefined
			? []
			: (await keys<string>(store)).filter((key) => !open.has(key.slice(0, key.indexOf("/"))));
	};
	return {
		async list() {
			const kept = new Map(await all());
			const prefix = `${tab}/`;
			const ids = [...kept.keys()]
				.filter((key) => key.startsWith(prefix) && key.endsWith("/file"))
				.map((key) => key.slice(prefix.length, -"/file".length));
			return ids.sort().map((id) => ({
				id,
				file: kept.get(fileKey(id))?.value as File,
				state: kept.get(stateKey(id))?.value as KeptState | undefined,
			}));
		},
		state: async (id) => (await get<Dated<KeptState>>(stateKey(id), store))?.value,
		setFile: (id, file) => put(fileKey(id), file),
		setState: (id, state) => put(stateKey(id), state),
		remove: (id) => delMany([fileKey(id), stateKey(id)], store),
		left: async () => (await left()).filter((key) => key.endsWith("/file")).length,
		async takeLeft() {
			const found = await left();
			const values = await getMany(found, store);
			await setMany(
				found.map((key, index) => [`${tab}${key.slice(key.indexOf("/"))}`, values[index]]),
				store,
			);
			await delMany(found, store);
		},
	};
}
