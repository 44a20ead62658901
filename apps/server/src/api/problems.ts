import { VERSION } from "@dinoseg/core";
import { DinosegError, ERROR_CODES, type ErrorCode, isDinosegError, messageOf } from "@dinoseg/core/errors";
import { z } from "@hono/zod-openapi";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Media type of a problem document. */
export const PROBLEM_TYPE = "application/problem+json";

/** Where it is written what a code means. */
const ERRORS_PAGE = `https://github.com/dinoseg/dinoseg/blob/v${VERSION}/docs/errors.md`;

/** An error as RFC 9457 has it. */
export const problemSchema = z
	.strictObject({
		type: z.url().openapi({ description: "Where it is written what the code means." }),
		title: z.string().openapi({ description: "What the code means." }),
		status: z.int().min(400).max(599),
		detail: z.string().openapi({ description: "What was expected, what came, and what to do." }),
		code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
		details: z
			.record(z.string(), z.unknown())
			.openapi({ description: "What was expected and what came, for programs." }),
	})
	.openapi("Problem", {
		example: {
			type: `${ERRORS_PAGE}#OPTION_INVALID`,
			title: ERROR_CODES.OPTION_INVALID,
			status: 400,
			detail: "clusters must be 1 to 1024, auto or a range, got 5000.",
			code: "OPTION_INVALID",
			details: { option: "clusters", value: 5000 },
		},
	});

export type Problem = z.infer<typeof problemSchema>;

/** Status of each error that a client can meet. All others are faults of the service. */
const STATUSES: Partial<Readonly<Record<ErrorCode, ContentfulStatusCode>>> = {
	REQUEST_INVALID: 400,
	OPTION_INVALID: 400,
	CLUSTERS_EXCEED_TOKENS: 400,
	PAGE_NOT_FOUND: 400,
	EXPORT_UNSUPPORTED: 400,
	INPUT_EMPTY: 400,
	TOKEN_REQUIRED: 401,
	ORIGIN_REFUSED: 403,
	RESOURCE_UNKNOWN: 404,
	MODEL_UNKNOWN: 404,
	METHOD_NOT_ALLOWED: 405,
	NOT_ACCEPTABLE: 406,
	UPLOAD_TIMEOUT: 408,
	MODEL_NOT_CACHED: 409,
	ABORTED: 409,
	UPLOAD_TOO_LARGE: 413,
	IMAGE_TOO_LARGE: 413,
	MEDIA_TYPE_UNSUPPORTED: 415,
	IMAGE_UNSUPPORTED: 415,
	IMAGE_CORRUPT: 422,
	MOMENTS_OUT_OF_RANGE: 422,
	JOB_TOO_LONG: 422,
	// Of the job that downloads a model.
	HUB_REPO_NOT_FOUND: 502,
	HUB_REVISION_NOT_FOUND: 502,
	HUB_FILE_NOT_FOUND: 502,
	HUB_GATED: 502,
	HUB_ACCESS_DENIED: 502,
	HUB_RATE_LIMITED: 502,
	HUB_UNAVAILABLE: 502,
	HUB_UNREACHABLE: 502,
	HUB_CERTIFICATE: 502,
	HUB_PROXY: 502,
	HUB_RESPONSE_INVALID: 502,
	HUB_PATH_UNSAFE: 502,
	HUB_SIZE_MISMATCH: 502,
	HUB_HASH_MISMATCH: 502,
	QUEUE_FULL: 503,
	SERVICE_STOPPING: 503,
	// The disk is full, or taken away: whoever runs the service can mend that.
	OUTPUT_UNWRITABLE: 503,
};

const INTERNAL = 500;
const UNAVAILABLE = 503;

/** What a client is told of faults of the service: their messages may name paths of its machine. */
const HIDDEN: Readonly<Record<number, string>> = {
	[INTERNAL]: "The service met a fault of its own. Its log says which; the request may succeed when it is sent again.",
	[UNAVAILABLE]: "The service cannot keep files now. Its log says why. Try again later.",
};

/** The problem document for whatever was thrown. */
export function problemOf(thrown: unknown): Problem & { readonly status: ContentfulStatusCode } {
	const error = isDinosegError(thrown)
		? thrown
		: new DinosegError("INTERNAL", "An error that is no DinosegError was thrown.", { cause: thrown });
	const code = STATUSES[error.code] === undefined ? "INTERNAL" : error.code;
	const status = STATUSES[code] ?? INTERNAL;
	const isHidden = code === "INTERNAL" || code === "OUTPUT_UNWRITABLE";
	return {
		type: `${ERRORS_PAGE}#${code}`,
		title: ERROR_CODES[code],
		status,
		detail: isHidden ? HIDDEN[status] : messageOf(error, (key) => key),
		code,
		details: isHidden ? {} : { ...error.details },
	};
}

/** True for an error that is no fault of the client: it belongs into the log with its stack. */
export function isFault(problem: Problem): boolean {
	return problem.code === "INTERNAL" || problem.code === "OUTPUT_UNWRITABLE";
}

/** The error for a request that is malformed. */
export function invalidRequest(message: string, details: DinosegError["details"] = {}): DinosegError {
	return new DinosegError("REQUEST_INVALID", message, { details });
}

/** The error for what is not there. @param what as `image 1a2b`. */
export function unknownResource(what: string, remedy: string): DinosegError {
	return new DinosegError("RESOURCE_UNKNOWN", `There is no ${what}: it never was there, or has expired. ${remedy}`);
}
