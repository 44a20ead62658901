import { DinosegError } from "@dinoseg/core/errors";

/** What networks run on in this browser. */
export interface Runtime {
	readonly provider: Provider;
	/** Threads of a network. The result does not depend on it. */
	readonly threads: number;
	/** Why this one, as a sentence for people. */
	readonly reason: string;
}

/** Execution providers of onnxruntime-web. */
export type Provider = "webgpu" | "wasm";

/** The part of onnxruntime-web that is used: its builds are alike. */
export type Onnxruntime = Pick<typeof import("onnxruntime-web/wasm"), "env" | "InferenceSession" | "Tensor">;

/** Milliseconds that threads may take to start, once their program is there: in some browsers they never do. */
const MOST_START_MS = 5_000;

/** The files of a build. Named, because its threads load the module that starts them: it must be no bundle of a page. */
const FILES: Readonly<Record<Provider, { readonly mjs: URL; readonly wasm: URL }>> = {
	webgpu: {
		mjs: new URL("onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs", import.meta.url),
		wasm: new URL("onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm", import.meta.url),
	},
	wasm: {
		mjs: new URL("onnxruntime-web/ort-wasm-simd-threaded.mjs", import.meta.url),
		wasm: new URL("onnxruntime-web/ort-wasm-simd-threaded.wasm", import.meta.url),
	},
};

/**
 * Load the build of onnxruntime-web for a provider. That for WebGPU also computes by WebAssembly, and is twice as large.
 *
 * Its own files are fetched from beside the module: nothing comes from another place.
 *
 * @throws DinosegError MODEL_RUN_FAILED if it cannot be loaded.
 */
export async function loadOnnxruntime(provider: Provider, threads: number): Promise<Onnxruntime> {
	try {
		const [onnxruntime] = await Promise.all([
			provider === "webgpu" ? import("onnxruntime-web/webgpu") : import("onnxruntime-web/wasm"),
			// Before, so that the time of the start is not that of the network.
			threads > 1 ? fetch(FILES[provider].wasm).then((response) => response.arrayBuffer()) : undefined,
		]);
		const { env } = onnxruntime;
		// Errors are thrown; the log would tell them once more.
		env.logLevel = "fatal";
		env.wasm.numThreads = threads;
		env.wasm.initTimeout = threads > 1 ? MOST_START_MS : 0;
		const { mjs, wasm } = FILES[provider];
		env.wasm.wasmPaths = { mjs: mjs.href, wasm: wasm.href };
		return onnxruntime;
	} catch (cause) {
		throw new DinosegError(
			"MODEL_RUN_FAILED",
			`onnxruntime-web cannot be loaded (${(cause as Error).message}). Check the network, and that the page may run WebAssembly.`,
			{ cause },
		);
	}
}
