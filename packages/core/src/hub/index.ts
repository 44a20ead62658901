/**
 * The client of a Hugging Face hub: names, answers, resumable downloads. It keeps nothing and knows no platform: `fetch`,
 * hashes, the clock and the file of a download are passed in.
 */
export { type BlobHash, type CreateHash, createBlobHash } from "./blob-hash.ts";
export {
	DEFAULT_PATIENCE,
	type FetchedResponse,
	type HubAddress,
	type HubClock,
	type HubContext,
	type HubEvent,
	type HubFetch,
	type HubListener,
	type HubPatience,
	type HubRequest,
	type HubWords,
} from "./context.ts";
export { type BlobDownload, downloadBlob } from "./download-blob.ts";
export { DEFAULT_ENDPOINT, parseEndpoint } from "./endpoint.ts";
export { PassingFailure } from "./failures.ts";
export { type CheckpointSource, type CheckpointStore, fetchCheckpoint } from "./fetch-checkpoint.ts";
export { fileUrl, listRepoFiles, type ResolvedRevision, resolveRevision } from "./hub-api.ts";
export { describeLicence, KNOWN_MODELS, type KnownModel } from "./known-models.ts";
export { DEFAULT_REVISION, isCommit, type ModelName, parseModelName } from "./names.ts";
export type { PartFile } from "./part-file.ts";
export { type CheckpointFiles, type RepoFile, selectCheckpoint } from "./repo-files.ts";
export { requestJson } from "./request.ts";
export type { HubSubject } from "./status-failures.ts";
