import { type DinosegError, type ErrorCode, isDinosegError } from "@dinoseg/core/errors";

/**
 * What a failure says about trying again.
 *
 * `bad`: the item is at fault, and would be again. `passing`: it may be well in a moment. `stop`: everything that follows
 * would fail too, until somebody has done something.
 */
export type FaultKind = "bad" | "passing" | "stop";

/** What a busy system says, and a network drive that is away for a moment. */
const PASSING: ReadonlySet<unknown> = new Set([
	"EAGAIN",
	"EBUSY",
	"EIO",
	"EINTR",
	"EMFILE",
	"ENFILE",
	"ENOMEM",
	"ESTALE",
	"ETIMEDOUT",
	"ECONNRESET",
	"EHOSTDOWN",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"EREMOTEIO",
]);

/** The name of the output is at fault, not the disk. */
const NAME: ReadonlySet<unknown> = new Set(["ENAMETOOLONG", "ENOTDIR", "EISDIR", "EEXIST", "ENOTEMPTY"]);

/** The engine is at fault, or who else is at work, not the item. */
const ALL_WOULD_FAIL: ReadonlySet<ErrorCode> = new Set([
	"INTERNAL",
	"DISPOSED",
	"MODEL_RUN_FAILED",
	"ABORTED",
	"OUTPUT_IN_USE",
	"STORAGE_REFUSED",
]);

/** Tell what kind of failure an error is. */
export function faultKind(error: DinosegError): FaultKind {
	const errno = errnoOf(error);
	if (PASSING.has(errno) || error.code === "STORAGE_UNREACHABLE") {
		return "passing";
	}
	if (error.code === "OUTPUT_UNWRITABLE") {
		return NAME.has(errno) ? "bad" : "stop";
	}
	return ALL_WOULD_FAIL.has(error.code) ? "stop" : "bad";
}

/** The system's code behind an error, however deep. */
function errnoOf(error: unknown): unknown {
	for (let cause = error; cause instanceof Error; cause = cause.cause) {
		if (!isDinosegError(cause) && "code" in cause) {
			return cause.code;
		}
	}
	return undefined;
}
