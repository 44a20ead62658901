import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import { createEngine, type Engine } from "@dinoseg/core/engine";
import type { ModelConfig } from "@dinoseg/core/model";
import { loadKernels } from "@dinoseg/kernels";
import { createTokenCache } from "../cache/index.ts";
import { tellTemporaryNotes } from "../files/index.ts";
import { startKernelHelpers } from "../kernels/index.ts";
import { loadCheckpoint } from "../model/load-checkpoint.ts";
import { onnxruntimeVersion } from "../runtime.ts";
import { checkDevice } from "../session/index.ts";
import { createDecoder, type NamedBytes } from "./decoder.ts";
import { createNetworks } from "./networks.ts";
import type { EngineSetup } from "./protocol.ts";

/** Size of tokens from which on PCA takes so long that threads can share it. */
const LARGE_TOKENS = 256;

/** Beyond these the parts that one thread has to do itself take most of the time. */
const MOST_HELPERS = 3;

/**
 * The engine of core over the adapters of Node. It blocks the thread that it works in.
 *
 * The checkpoint is checked now; its weights are loaded at the first picture whose tokens are not kept.
 *
 * @throws DinosegError OPTION_INVALID, MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, SAFETENSORS_INVALID, MODEL_TENSOR_INVALID
 */
export async function openEngine(setup: EngineSetup): Promise<Engine<string | Uint8Array | NamedBytes>> {
	const { model, dtype, device, sessions, threads, cache, cacheFolder, exitState } = setup;
	await checkDevice(device);
	const temporaryFiles = tellTemporaryNotes(setup.files);
	const checkpoint = await loadCheckpoint(model.folder, { cacheFolder: cache ? cacheFolder : undefined });
	const { config, preprocessor, tables, digest } = checkpoint;
	const networks = createNetworks(checkpoint, {
		dtype,
		device,
		sessions,
		threadsPerSession: threads,
		cacheFolder,
		temporaryFiles,
		exitState,
	});
	const helpers = startKernelHelpers(helpersFor(config, threads));
	const { name, revision, bundled } = model;
	const executionProvider = `${device}, onnxruntime ${onnxruntimeVersion()}`;
	const engine = createEngine(
		{ name, digest, revision, dtype, bundled, config, preprocessor, tables, executionProvider },
		{
			kernels: await loadKernels({ helpers: helpers.threads }),
			decoder: createDecoder(),
			networks,
			digest: async (bytes) => createHash("sha256").update(bytes).digest("hex"),
			now: () => performance.now(),
			yield: () => new Promise((resolve) => setImmediate(resolve)),
		},
		{
			tokenStore: cache
				? createTokenCache({ folder: cacheFolder, maxBytes: setup.cacheBytes, temporaryFiles })
				: undefined,
			memoryBytes: cache ? setup.memoryBytes : 0,
		},
	);
	return {
		...engine,
		async dispose() {
			await Promise.all([engine.dispose(), helpers.stop()]);
		},
	};
}

function helpersFor({ hiddenSize }: ModelConfig, threads: number): number {
	return hiddenSize < LARGE_TOKENS ? 0 : Math.min(threads - 1, MOST_HELPERS);
}
