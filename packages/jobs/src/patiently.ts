import { isDinosegError } from "@dinoseg/core/errors";
import { faultKind } from "./fault.ts";
import { BACK_OFF_MS } from "./run-batch.ts";

/**
 * Do something again that failed in passing, three times at most.
 *
 * @param pause as `BatchOptions.pause`.
 * @throws what the last try threw
 */
export async function patiently<T>(
	action: () => Promise<T>,
	pause: (milliseconds: number) => Promise<boolean>,
): Promise<T> {
	for (const waitMs of BACK_OFF_MS) {
		try {
			return await action();
		} catch (error) {
			if (!isDinosegError(error) || faultKind(error) !== "passing" || !(await pause(waitMs))) {
				throw error;
			}
		}
	}
	return action();
}
