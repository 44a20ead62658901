import { S3Client } from "@aws-sdk/client-s3";
import { DinosegError } from "@dinoseg/core/errors";

/** What of the surroundings is read here; the SDK reads its own. */
export type S3Environment = Readonly<Record<string, string | undefined>>;

/** A client and what messages call its server. */
export interface S3Access {
	readonly client: S3Client;
	/** Host of the server, or Amazon S3. */
	readonly server: string;
}

/** Tries of a request: with the SDK's pauses, a server may be away for some 6 seconds. */
const TRIES = 8;
/** Without a connection, or a byte on one, a request is tried again, milliseconds. */
const [CONNECT_MS, SILENCE_MS] = [10_000, 60_000];

const AMAZON = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/;

/** The SDK has no one to tell here: what matters comes as an error. */
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** On every start it would tell everybody that Node 20 is old. Its version is pinned here, so that is known. */
const QUIET_VARIABLE = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/**
 * A client for S3, or for what speaks its protocol. Credentials, region and endpoint come from the SDK's default chain:
 * variables, then the profile, then the role of the machine.
 *
 * @throws DinosegError STORAGE_REFUSED for an endpoint that is none
 */
export async function openS3(env: S3Environment): Promise<S3Access> {
	process.env[QUIET_VARIABLE] ??= "true";
	const client = new S3Client({
		followRegionRedirects: true,
		// Servers that do not know the header would cost a wait for each large object, and each gets a connection of its own.
		expectContinueHeader: false,
		logger: SILENT,
		requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, logger: SILENT },
		...(env["AWS_MAX_ATTEMPTS"] ? {} : { maxAttempts: TRIES }),
	});
	const host = await configuredHost(client);
	if (host === undefined || AMAZON.test(host)) {
		return { client, server: host ?? "Amazon S3" };
	}
	// Few servers have a name for each bucket.
	client.config.forcePathStyle = true;
	return { client, server: host };
}

/**
 * The host of the endpoint that variables or the profile name.
 *
 * @throws DinosegError STORAGE_REFUSED if they cannot be read, or name none
 */
async function configuredHost({ config }: S3Client): Promise<string | undefined> {
	const { serviceConfiguredEndpoint } = config as {
		readonly serviceConfiguredEndpoint?: () => Promise<string | undefined>;
	};
	try {
		const endpoint = await serviceConfiguredEndpoint?.();
		return endpoint === undefined ? undefined : hostOf(endpoint);
	} catch (cause) {
		throw new DinosegError(
			"STORAGE_REFUSED",
			`The endpoint of S3 cannot be told (${(cause as Error).message}). Let AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile name an address such as https://host:9000, or none.`,
			{ cause },
		);
	}
}

function hostOf(endpoint: string): string {
	const { protocol, host } = new URL(endpoint);
	if (!/^https?:$/.test(protocol)) {
		throw new TypeError(`${protocol} is not spoken`);
	}
	return host;
}
