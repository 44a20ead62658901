export { isDinosegError } from "@dinoseg/core/errors";
export type { EncodedInput } from "./image/decoder.ts";
export type { DownloadListener } from "./model/fetch-model.ts";
export type { Device } from "./network/choose-runtime.ts";
export type { Provider, Runtime } from "./network/runtime.ts";
export {
	createSegmenter,
	type Segmenter,
	type SegmenterOptions,
	type SegmentInput,
} from "./segmenter/create-segmenter.ts";
