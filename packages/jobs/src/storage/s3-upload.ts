import {
	AbortMultipartUploadCommand,
	type CompletedPart,
	CompleteMultipartUploadCommand,
	CreateMultipartUploadCommand,
	PutObjectCommand,
	type S3Client,
	UploadPartCommand,
} from "@aws-sdk/client-s3";
import { throwIfAborted } from "@dinoseg/core";

/** Above it an object goes in parts, of which each is tried again for itself. Bytes. */
const ONE_PIECE = 16 * 2 ** 20;
const PART = 8 * 2 ** 20;
/** Parts on their way at the same time. */
const PARTS_AT_ONCE = 4;

/**
 * Write an object, a large one in parts. Of one that failed or was cancelled no part stays, as far as the server answers.
 *
 * @throws what the SDK throws; DinosegError ABORTED
 */
export async function uploadS3(
	client: S3Client,
	place: { readonly Bucket: string; readonly Key: string },
	content: Uint8Array,
	signal: AbortSignal | undefined,
): Promise<void> {
	const body = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
	if (body.length <= ONE_PIECE) {
		await client.send(new PutObjectCommand({ ...place, Body: body }), sendOptions(signal));
		return;
	}
	const hasChecksum = (await client.config.requestChecksumCalculation()) === "WHEN_SUPPORTED";
	const { UploadId } = await client.send(
		new CreateMultipartUploadCommand({ ...place, ...(hasChecksum ? { ChecksumAlgorithm: "CRC32" } : {}) }),
		sendOptions(signal),
	);
	try {
		const Parts = await sendParts(client, { ...place, UploadId }, body, signal);
		await client.send(
			new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }),
			sendOptions(signal),
		);
	} catch (thrown) {
		// What failed matters more than that it cannot be cleared away.
		await client.send(new AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => undefined);
		throw thrown;
	}
}

/** Send all parts; when one fails, no other is begun, and those on their way are waited for. */
async function sendParts(
	client: S3Client,
	upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
	body: Buffer,
	signal: AbortSignal | undefined,
): Promise<CompletedPart[]> {
	const parts: CompletedPart[] = Array.from({ length: Math.ceil(body.length / PART) }, (_, index) => ({
		PartNumber: index + 1,
	}));
	const waiting = parts.values();
	let hasFailed = false;
	const send = async (): Promise<void> => {
		for (const part of waiting) {
			if (hasFailed) {
				return;
			}
			throwIfAborted(signal);
			const number = part.PartNumber as number;
			const Body = body.subarray((number - 1) * PART, number * PART);
			try {
				const { ETag, ChecksumCRC32 } = await client.send(
					new UploadPartCommand({ ...upload, PartNumber: number, Body }),
					sendOptions(signal),
				);
				Object.assign(part, { ETag, ChecksumCRC32 });
			} catch (thrown) {
				hasFailed = true;
				throw thrown;
			}
		}
	};
	const sending = Array.from({ length: PARTS_AT_ONCE }, send);
	await Promise.allSettled(sending);
	await Promise.all(sending);
	return parts;
}

/** The SDK takes no signal that is undefined. */
export function sendOptions(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
	return signal === undefined ? {} : { abortSignal: signal };
}
