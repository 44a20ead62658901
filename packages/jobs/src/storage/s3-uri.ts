import { DinosegError } from "@dinoseg/core/errors";

/** A place in a bucket. */
export interface S3Place {
	readonly bucket: string;
	/** Without a slash at its beginning; empty: the whole bucket. */
	readonly key: string;
}

const SCHEME = "s3://";

/** As S3 has them, and the older ones with capitals and underscores that some servers still have. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;

/** True for the address of a place in a bucket. */
export function isS3Uri(text: string): boolean {
	return text.startsWith(SCHEME);
}

/**
 * Read `s3://bucket/key`. The key is taken as it stands: nothing in it is escaped.
 *
 * @throws DinosegError OPTION_INVALID
 */
export function parseS3Uri(uri: string): S3Place {
	const [, bucket = "", key = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(uri) ?? [];
	if (!BUCKET.test(bucket)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${uri}: is no address of a bucket, which look like s3://bucket/folder. The name of a bucket has 3 to 255 letters, digits, dots, hyphens and underscores.`,
			{ details: { uri } },
		);
	}
	return { bucket, key };
}
