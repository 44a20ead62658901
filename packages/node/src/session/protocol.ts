/** What the worker is started with. */
export interface WorkerSetup {
	/** An ONNX model whose weights are external data. */
	readonly graph: Uint8Array;
	/** Folder of the weights. */
	readonly folder: string;
	readonly threads: number;
	/** Execution provider of onnxruntime. */
	readonly device: string;
	/** The graph's inputs and outputs. Sent, so that the worker need not load the whole library to know them. */
	readonly names: {
		readonly pixels: string;
		readonly positions: string;
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
	/** Shape (patches, hidden). */
	readonly positions: Float32Array;
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
