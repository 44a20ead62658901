export { applyTokenized, type NamedCodebook } from "./apply-tokenized.ts";
export type { Begun, SegmentInput } from "./begun.ts";
export { clusteredTokens } from "./clean-tokens.ts";
export { createEngine, type EngineOptions, type EnginePorts } from "./create-engine.ts";
export type { ApplyCallOptions, Engine, Frame, RawPixels, SegmentCallOptions } from "./engine.ts";
export type { EngineModel } from "./engine-model.ts";
export { describeNoData } from "./make-result.ts";
export type {
	CancelSignal,
	DecodedImage,
	DecodedPixels,
	Decoder,
	DecodingOptions,
	Digest,
	EncodedImage,
	ImageIdentity,
	NetworkInput,
	NetworkOutput,
	Networks,
	TokenStore,
} from "./ports.ts";
export { createRecentMemory, type RecentMemory } from "./recent-memory.ts";
export type { SegmentMemory } from "./segment-memory.ts";
export { type SegmentedInput, segmentTokenized } from "./segment-tokenized.ts";
export { decodeTokenFile, encodeTokenFile } from "./token-file.ts";
export { type PositionBiasKeyParts, positionBiasKey, type TokenKeyParts, tokenKey } from "./token-key.ts";
