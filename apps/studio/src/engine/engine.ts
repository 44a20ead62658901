/** Where decoding and the network run: on a service, or in the page itself. All else is the session's. */

import type { SegmentationListener } from "@dinoseg/core";
import type { DecodedPixels } from "@dinoseg/core/engine";
import type { ModelIdentity } from "@dinoseg/core/result";
import type { TokenGrid } from "@dinoseg/core/tensor";
import type { Runtime } from "@dinoseg/web";
import type { Settings } from "../session/scene.ts";

/** A model that can be asked for. */
export interface EngineModel {
	readonly name: string;
	/** `absent`: to be pulled first. */
	readonly state: "bundled" | "cached" | "absent";
	/** Of the weights; null where it is not known. */
	readonly licence: string | null;
	readonly isDefault: boolean;
	/** What it, or a part of it, takes of the storage of the page. @default nothing */
	readonly bytes?: number;
}

/** A picture that an engine has. */
export interface EngineImage extends DecodedPixels {
	/** Digest of the file's bytes, hex. */
	readonly sha256: string;
}

/** What a network says of a picture. */
export interface EngineTokens {
	/** After `repair` and `debias`, with the norms that the network gave. */
	readonly grid: TokenGrid;
	readonly model: ModelIdentity;
}

export interface EngineCall {
	readonly signal?: AbortSignal | undefined;
	readonly onEvent?: SegmentationListener | undefined;
}

export interface Engine {
	models(call?: EngineCall): Promise<readonly EngineModel[]>;
	/** Download a model. @param onProgress is told the share that is there, 0 to 1. */
	pull(model: string, onProgress: (share: number) => void, signal: AbortSignal): Promise<void>;
	/** Remove a model that was downloaded. @default whoever runs the service does it */
	remove?(model: string): Promise<void>;
	/** Decode a picture. @throws DinosegError INPUT_*, IMAGE_*, ABORTED; ENGINE_UNREACHABLE */
	open(file: Blob, settings: Settings, call?: EngineCall): Promise<EngineImage>;
	/** Run the network. @param file of the picture, in case that the engine has forgotten it. */
	tokens(image: EngineImage, file: Blob, settings: Settings, call?: EngineCall): Promise<EngineTokens>;
	/** What networks run on in this page, and why; undefined until one is there. @default they run elsewhere */
	runtime?(): Runtime | undefined;
}

export interface EngineOptions {
	/** Of the service; of the hub, where the page is its own engine. */
	readonly url: string;
	/** What the service wants to be shown. @default none */
	readonly token?: string | undefined;
}

/** What `#engine` exports: each build of the page has one engine. */
export type CreateEngine = (options: EngineOptions) => Engine;
