/** Start the work of the items in their order, at most `limit` at the same time. */
export async function forEachConcurrently<T>(
	items: readonly T[],
	limit: number,
	work: (item: T) => Promise<void>,
): Promise<void> {
	const remaining = items.values();
	await Promise.all(
		Array.from({ length: Math.min(limit, items.length) }, async () => {
			for (const item of remaining) {
				await work(item);
			}
		}),
	);
}
