import type { Check, Kernels } from "@dinoseg/kernels";
import { DinosegError } from "./errors/index.ts";

/** What is read of an `AbortSignal`. Every one fits; core takes no types from a platform. */
export interface AbortState {
	readonly aborted: boolean;
	readonly reason?: unknown;
}

/** The check of a call that nobody cancels. */
export const noCheck: Check = () => {};

/**
 * What long computations call every some tens of milliseconds: throws DinosegError ABORTED once the signal has fired. A
 * signal can fire within synchronous code where its `aborted` reads memory that another thread writes.
 */
export function abortCheck(signal: AbortState | undefined): Check {
	return signal === undefined ? noCheck : () => throwIfAborted(signal);
}

/** The same kernels, whose calls end with DinosegError ABORTED once the signal has fired. */
export function cancellableKernels(kernels: Kernels, signal: AbortState | undefined): Kernels {
	return signal === undefined ? kernels : kernels.checked(abortCheck(signal));
}

/** @throws DinosegError ABORTED if the signal has fired. */
export function throwIfAborted(signal: AbortState | undefined): void {
	if (signal?.aborted) {
		throw new DinosegError("ABORTED", "The run was cancelled by its signal.", { cause: signal.reason });
	}
}
