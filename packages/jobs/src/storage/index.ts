/** Places for files that many machines see. */
export { type OpenStorageOptions, openStorage } from "./open-storage.ts";
export { isS3Uri, parseS3Uri, type S3Place } from "./s3-uri.ts";
export type { ReadOptions, Storage, StoredObject } from "./storage.ts";
