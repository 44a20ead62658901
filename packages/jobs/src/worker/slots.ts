/** Places for items in work at the same time, common to all chunks of a worker. */
export interface Slots {
	readonly count: number;
	/** Those that are taken. */
	taken(): number;
	/**
	 * Wait for some of the places. Who asks first gets them first, also where a later one wants fewer.
	 *
	 * @param wanted 1 to `count`. All of them: nothing else is in work.
	 * @returns gives them back.
	 */
	take(wanted: number): Promise<() => void>;
}

export function createSlots(count: number): Slots {
	let free = count;
	const waiting: { readonly wanted: number; readonly begin: () => void }[] = [];
	const serve = (): void => {
		for (let next = waiting[0]; next !== undefined && next.wanted <= free; next = waiting[0]) {
			waiting.shift();
			free -= next.wanted;
			next.begin();
		}
	};
	return {
		count,
		taken: () => count - free,
		async take(wanted) {
			await new Promise<void>((begin) => {
				waiting.push({ wanted, begin });
				serve();
			});
			return () => {
				free += wanted;
				serve();
			};
		},
	};
}
