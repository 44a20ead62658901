import { DinosegError, isDinosegError } from "@dinoseg/core/errors";

/** Whose fault it was. */
export interface S3Asked {
	/** `s3://bucket/key` */
	readonly uri: string;
	readonly bucket: string;
	/** As `S3Access.server`. */
	readonly server: string;
}

/** What the SDK throws, as far as it is read. */
interface Thrown {
	readonly name?: string;
	readonly message?: string;
	readonly code?: unknown;
	readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

const DENIED: ReadonlySet<string> = new Set(["AccessDenied", "AllAccessDisabled", "Forbidden"]);

const KEYS =
	"Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile by AWS_PROFILE, or run where the machine has a role.";
const RIGHTS =
	"dinoseg needs s3:ListBucket on the bucket, s3:GetObject for inputs, and s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload for outputs.";

/** What a server says that somebody must change, and what to change. */
const REFUSALS: Readonly<Record<string, (asked: S3Asked) => readonly [reason: string, remedy: string]>> = {
	NoSuchBucket: ({ bucket, server }) => [
		`the bucket ${bucket} does not exist on ${server}`,
		"Check its name and the endpoint (AWS_ENDPOINT_URL_S3), or create it.",
	],
	AccessDenied: () => ["access denied", RIGHTS],
	AllAccessDisabled: () => ["access denied", RIGHTS],
	Forbidden: () => ["access denied", RIGHTS],
	AccountProblem: () => ["access denied", "Ask whoever pays for the account."],
	InvalidAccessKeyId: ({ server }) => [`${server} does not know the access key`, KEYS],
	SignatureDoesNotMatch: () => ["the secret key is not the one of the access key", KEYS],
	AuthorizationHeaderMalformed: () => ["the region is not that of the bucket", "Set AWS_REGION."],
	PermanentRedirect: () => ["the bucket is in another region", "Set AWS_REGION."],
	IllegalLocationConstraintException: () => ["the bucket is in another region", "Set AWS_REGION."],
	ExpiredToken: () => ["the session has expired", "Log in again, or set new keys."],
	TokenRefreshRequired: () => ["the session has expired", "Log in again, or set new keys."],
	InvalidToken: () => ["the session token is not valid", "Log in again, or leave AWS_SESSION_TOKEN away."],
	RequestTimeTooSkewed: ({ server }) => [
		`the clock of this machine differs too much from that of ${server}`,
		"Set the clock.",
	],
	RequestExpired: ({ server }) => [
		`the clock of this machine differs too much from that of ${server}`,
		"Set the clock.",
	],
	InvalidBucketName: ({ bucket }) => [`${bucket} is no name of a bucket`, "Check the address."],
	QuotaExceeded: () => ["the storage is full", "Make room, or have the quota raised."],
	XMinioStorageFull: () => ["the storage is full", "Make room."],
};

/** What a server says of requests that were damaged on their way, or whose parts it lost. */
const DAMAGED: ReadonlySet<string> = new Set([
	"BadDigest",
	"InvalidDigest",
	"IncompleteBody",
	"InvalidPart",
	"NoSuchUpload",
	"XAmzContentSHA256Mismatch",
	"XAmzContentChecksumMismatch",
]);

/** What a server says while it has too much to do, or somebody else works on the same object. */
const BUSY: ReadonlySet<string> = new Set([
	"ConditionalRequestConflict",
	"OperationAborted",
	"RequestTimeout",
	"SlowDown",
	"SlowDownRead",
	"SlowDownWrite",
	"TooManyRequests",
	"Throttling",
]);

const CERTIFICATE = /^(CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** The error for what the SDK threw. No key, token or header of the request is in it. */
export function s3Fault(asked: S3Asked, thrown: unknown): DinosegError {
	if (isDinosegError(thrown)) {
		return thrown;
	}
	const { name = "", message = "", code, $metadata = {} } = (thrown ?? {}) as Thrown;
	const { httpStatusCode: status, requestId } = $metadata;
	const details = { ...asked, ...(status === undefined ? {} : { status }), ...(requestId ? { requestId } : {}) };
	const refused = (reason: string, remedy: string): DinosegError =>
		new DinosegError("STORAGE_REFUSED", `${asked.uri}: ${reason}. ${remedy}`, {
			details: { ...details, reason: name },
		});
	const unreachable = (reason: string): DinosegError =>
		new DinosegError("STORAGE_UNREACHABLE", `${asked.uri}: ${reason}, also when asked again. Try again later.`, {
			details: { ...details, reason: String(code ?? name) },
		});
	const refusal = Object.hasOwn(REFUSALS, name) ? REFUSALS[name] : undefined;
	if (refusal !== undefined) {
		return refused(...refusal(asked));
	}
	if (name === "InvalidObjectState") {
		return unreadable(asked.uri, "the object is in an archive", "Restore it first.");
	}
	if (name === "CredentialsProviderError" || /^(could not load|resolved) credential/i.test(message)) {
		return refused("no credentials were found", KEYS);
	}
	if (/^region (is missing|not accepted)/i.test(message)) {
		return refused(
			"no region is set, or none that can be",
			"Set AWS_REGION; servers other than Amazon's mostly take us-east-1.",
		);
	}
	if (typeof code === "string" && CERTIFICATE.test(code)) {
		return refused(
			`the certificate of ${asked.server} is not trusted (${code})`,
			"Let NODE_EXTRA_CA_CERTS name the certificate that it was signed by.",
		);
	}
	if (status === undefined) {
		return unreachable(`${asked.server} cannot be reached (${typeof code === "string" ? code : name})`);
	}
	if (BUSY.has(name) || status === 408 || status === 429 || status === 503) {
		return unreachable(`${asked.server} has too much to do (${name})`);
	}
	if (DAMAGED.has(name)) {
		return unreachable(`bytes were damaged or lost on the way to ${asked.server} (${name})`);
	}
	if (status >= 500 || status < 300) {
		return unreachable(`${asked.server} has a fault of its own (${name}, status ${status})`);
	}
	if (status === 401 || status === 403) {
		return refused(...REFUSALS["AccessDenied"](asked));
	}
	return refused(`${asked.server} answers ${name} (status ${status})`, "Check the address, and the endpoint.");
}

/** The error for one object that cannot be read, while others can. */
export function unreadable(uri: string, reason: string, remedy: string): DinosegError {
	return new DinosegError("INPUT_UNREADABLE", `${uri}: ${reason}. ${remedy}`, { details: { uri } });
}

/** True for what says that rights are missing. */
export function isDenied(error: unknown): boolean {
	return isDinosegError(error) && error.code === "STORAGE_REFUSED" && DENIED.has(String(error.details["reason"]));
}

/** True for what a server says where no object is. */
export function isNoObject(thrown: unknown): boolean {
	return ["NoSuchKey", "NotFound"].includes((thrown as Thrown | undefined)?.name ?? "");
}
