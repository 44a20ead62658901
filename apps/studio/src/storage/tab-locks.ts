const PREFIX = "dinoseg-";

/** The lock that a tab holds as long as it is open. @param key of the tab. */
export function tabLock(key: string): string {
	return `${PREFIX}${key}`;
}

/** The keys of all tabs that are open. @returns undefined where the browser does not say it: over plain HTTP. */
export async function openTabs(): Promise<ReadonlySet<string> | undefined> {
	const held = (await navigator.locks?.query())?.held;
	const names = held?.flatMap(({ name }) => (name?.startsWith(PREFIX) ? name.slice(PREFIX.length) : []));
	return names && new Set(names);
}
