/**
 * Do something with each item, with some of them at the same time.
 *
 * @param count of items in work.
 * @returns what came of them, in their order.
 */
export async function* mapAhead<From, To>(
	items: Iterable<From>,
	count: number,
	work: (item: From) => Promise<To>,
): AsyncGenerator<To> {
	const begun: Promise<To>[] = [];
	for (const item of items) {
		const working = work(item);
		// Thrown when it is its turn.
		working.catch(() => undefined);
		begun.push(working);
		if (begun.length === count) {
			yield begun.shift() as Promise<To>;
		}
	}
	yield* begun;
}
