import { DinosegError } from "../errors/index.ts";

/** A failure that may pass by itself, so that it is worth to ask again. */
export class PassingFailure extends Error {
	/** What to throw once patience is out. */
	readonly failure: DinosegError;
	/** Milliseconds that the server asked to wait. */
	readonly retryAfterMs: number | undefined;

	constructor(failure: DinosegError, retryAfterMs?: number) {
		super(failure.message, { cause: failure });
		this.failure = failure;
		this.retryAfterMs = retryAfterMs;
	}
}

/** A connection that gave no byte for too long. */
export function stalledFailure(url: string, stallTimeoutMs: number): PassingFailure {
	const { host } = new URL(url);
	const seconds = stallTimeoutMs / 1000;
	return new PassingFailure(
		new DinosegError(
			"HUB_UNREACHABLE",
			`${host}: sent nothing for ${seconds} s. Check the network; the next try goes on where this one stopped.`,
			{ details: { host, reason: "stalled" } },
		),
	);
}
