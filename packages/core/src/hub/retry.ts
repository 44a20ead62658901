import { throwIfAborted } from "../abort.ts";
import { DinosegError } from "../errors/index.ts";
import type { HubContext } from "./context.ts";
import { PassingFailure } from "./failures.ts";

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A server that asks for more patience than this is not waited for. */
const LONGEST_RETRY_AFTER_MS = 120_000;
/** Retries while no server has answered yet: most likely there is no network at all. */
const FIRST_CONTACT_RETRIES = 2;

/**
 * Try until it works or patience is out: delays double from 0.5 s to 30 s, each shortened at random by up to a half, and
 * are never shorter than the server asked for.
 *
 * @param attempt throws PassingFailure for what may pass; anything else is thrown on at once.
 * @param madeProgress whether the attempt that just failed brought something: the count then starts again.
 */
export async function withRetries<T>(
	context: HubContext,
	attempt: () => Promise<T>,
	madeProgress: () => boolean = () => false,
): Promise<T> {
	for (let failures = 0; ; ) {
		throwIfAborted(context.signal);
		try {
			return await attempt();
		} catch (error) {
			if (!(error instanceof PassingFailure)) {
				throw error;
			}
			failures = madeProgress() ? 1 : failures + 1;
			const { failure, retryAfterMs = 0 } = error;
			const firstContact = failure.code === "HUB_UNREACHABLE" && context.answered.size === 0;
			const limit = firstContact ? Math.min(FIRST_CONTACT_RETRIES, context.maxRetries) : context.maxRetries;
			if (failures > limit || retryAfterMs > LONGEST_RETRY_AFTER_MS) {
				throw givenUp(failure, failures, retryAfterMs);
			}
			const delay = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
			const delayMs = Math.max(retryAfterMs, Math.round(delay * (1 - context.random.next() / 2)));
			context.onEvent({ type: "retry", attempt: failures, delayMs, reason: failure.message });
			await context.clock.sleep(delayMs, context.signal);
		}
	}
}

function givenUp(failure: DinosegError, failures: number, retryAfterMs: number): DinosegError {
	const wait = retryAfterMs > 0 ? ` The server asks to wait ${Math.ceil(retryAfterMs / 1000)} s.` : "";
	return new DinosegError(failure.code, `${failure.message}${wait}`, {
		details: { ...failure.details, failures, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) },
		cause: failure.cause,
	});
}
