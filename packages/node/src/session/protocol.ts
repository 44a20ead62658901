/** What the worker is started with. */
export interface WorkerSetup {
	/** An ONNX model whose weights are external data. */
	readonly graph: Uint8Array;
	/** Folder of the weights. */
	readonly folder: string;
	readonly threads: number;
	/** The graph's inputs and output. Sent, so that the worker need not load the whole library to know them. */
	readonly names: { readonly pixels: string; readonly positions: string; readonly tokens: string };
	/**
	 * One int32: the calls of onnxruntime that have not returned. The client adds one before it asks, the worker takes
	 * one off before it answers. Only at zero may the process end.
	 */
	readonly unfinished: SharedArrayBuffer;
}

/** From the client. Handled one after the other. */
export type WorkerRequest =
	| {
			readonly type: "run";
			/** Shape (batch, 3, height, width). */
			readonly pixels: Float32Array;
			readonly shape: readonly [batch: number, channels: 3, height: number, width: number];
			/** Shape (patches, hidden). */
			readonly positions: Float32Array;
	  }
	| { readonly type: "close" };

/** From the worker: one `opened` or `failed`, then one `tokens` or `failed` for each run. */
export type WorkerReply =
	| { readonly type: "opened" }
	/** Shape (batch, patches, hidden). */
	| { readonly type: "tokens"; readonly tokens: Float32Array }
	| { readonly type: "failed"; readonly reason: string };
