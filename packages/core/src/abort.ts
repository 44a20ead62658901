import { DinosegError } from "./errors/index.ts";

/** What is read of an `AbortSignal`. Every one fits; core takes no types from a platform. */
export interface AbortState {
	readonly aborted: boolean;
	readonly reason?: unknown;
}

/** @throws DinosegError ABORTED if the signal has fired. */
export function throwIfAborted(signal: AbortState | undefined): void {
	if (signal?.aborted) {
		throw new DinosegError("ABORTED", "The run was cancelled by its signal.", { cause: signal.reason });
	}
}
