export { createEngine, type EngineOptions, type EnginePorts } from "./create-engine.ts";
export type { ApplyCallOptions, Engine, Frame, RawPixels, SegmentCallOptions } from "./engine.ts";
export type { EngineModel } from "./engine-model.ts";
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
export { type PositionBiasKeyParts, positionBiasKey, type TokenKeyParts, tokenKey } from "./token-key.ts";
