import type { Option } from "commander";
import { countFlag } from "../count-flag.ts";

/** Images in flight that can be asked for. */
const BOUNDS = { min: 1, max: 256 };

export function concurrencyFlag(): Option {
	return countFlag(
		"--concurrency <count>",
		`images in work at the same time, ${BOUNDS.min} to ${BOUNDS.max} (default: by the cores of the machine)`,
		BOUNDS,
	);
}

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
