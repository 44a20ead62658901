import { expect } from "vitest";

/** What an error of dinoseg carries. */
export interface CodedError extends Error {
	readonly code: string;
	readonly details: Readonly<Record<string, unknown>>;
}

/** Expect a promise to reject with an error of that code; the error, for its message. */
export async function expectError(promise: Promise<unknown>, code: string): Promise<CodedError> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason as CodedError,
	);
	expect(error, "must reject").toBeInstanceOf(Error);
	expect(`${error?.code}: ${error?.message}`).toMatch(new RegExp(`^${code}: `));
	return error as CodedError;
}
