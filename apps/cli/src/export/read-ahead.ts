/** An item and what its work gave: the value, or the error, which is thrown when the value is asked for. */
export interface Outcome<T, R> {
	readonly item: T;
	readonly value: () => R;
}

/**
 * Do the work of the items, and hand out what it gives in their order, while that of the next ones is under way.
 *
 * @param ahead items that are under way at the same time.
 */
export async function* readAhead<T, R>(
	items: Iterable<T>,
	ahead: number,
	work: (item: T) => Promise<R>,
): AsyncGenerator<Outcome<T, R>> {
	const underWay: Promise<Outcome<T, R>>[] = [];
	for (const item of items) {
		underWay.push(settle(item, work));
		if (underWay.length === ahead) {
			yield underWay.shift() as Promise<Outcome<T, R>>;
		}
	}
	yield* underWay;
}

async function settle<T, R>(item: T, work: (item: T) => Promise<R>): Promise<Outcome<T, R>> {
	try {
		const value = await work(item);
		return { item, value: () => value };
	} catch (error) {
		return {
			item,
			value() {
				throw error;
			},
		};
	}
}
