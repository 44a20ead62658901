import type { PlaceInputs } from "@dinoseg/core/model";

/** What the worker is started with. */
export interface WorkerSetup {
	/** An ONNX model whose weights are external data. */
	readonly graph: Uint8Array;
	/** Folder of the weights. */
	readonly folder: string;
	readonly threads: number;
	/** Execution provider of onnxruntime. */
	readonly device: string;
	/** The graph's first input and its outputs. Sent, so that the worker need not load the whole library to know them. */
	readonly names: {
		readonly pixels: string;
		readonly tokens: string;
		readonly norms: string;
	};
	/** See `createExitState`: the client counts a call before it asks, the worker counts its return before it answers. */
	readonly exitState: SharedArrayBuffer;
}

/** One run of the network. */
export interface RunRequest {
	readonly type: "run";
	/** Shape (batch, 3, height, width). */
	readonly pixels: Float32Array;
	readonly shape: readonly [batch: number, channels: 3, height: number, width: number];
	/** The graph's other inputs. */
	readonly places: PlaceInputs;
}

/** From the client. Handled one after the other. */
export type WorkerRequest = RunRequest | { readonly type: "close" };

/** What a network computes. */
export interface RunOutput {
	/** Shape (batch, patches, layers * hidden). */
	readonly tokens: Float32Array;
	/** Shape (batch, patches). */
	readonly norms: Float32Array;
}

/** From the worker: one `opened` or `failed`, then one `output` or `failed` for each run. */
export type WorkerReply =
	| { readonly type: "opened" }
	| { readonly type: "output"; readonly output: RunOutput }
	| { readonly type: "failed"; readonly reason: string };
