import { createEngine, type Engine } from "@dinoseg/core/engine";
import { loadKernels } from "@dinoseg/kernels";
import { digest } from "../digest.ts";
import { createDecoder, type SentInput } from "../image/decoder.ts";
import { type DownloadListener, findModel } from "../model/find-model.ts";
import { loadCheckpoint } from "../model/load-checkpoint.ts";
import { chooseRuntime, onProcessor, type RuntimeProbes } from "../network/choose-runtime.ts";
import { lacksGpu } from "../network/lacks-gpu.ts";
import { createNetworks } from "../network/networks.ts";
import { loadOnnxruntime, type Runtime } from "../network/runtime.ts";
import { testGpu, testThreads } from "../network/test-runtime.ts";
import { openTokenStore } from "../storage/token-store.ts";
import type { EngineSetup } from "./protocol.ts";
import { withFallback } from "./with-fallback.ts";

/** The threads of the runtime did not start, and in this worker nothing does any more. Another one can do with one thread. */
export class ThreadsFailed extends Error {
	constructor(cause: unknown) {
		super("the threads of onnxruntime-web did not start", { cause });
	}
}

export interface OpenEngineOptions {
	/** Told what networks run on, also when that changes. */
	onRuntime(runtime: Runtime): void;
	readonly onDownload: DownloadListener;
}

/**
 * The engine of core over what a browser has. It blocks the worker that it works in.
 *
 * @throws DinosegError MODEL_*, SAFETENSORS_INVALID, HUB_*, CACHE_*; ThreadsFailed
 */
export async function openEngine(
	{ model, dtype, device, mostThreads, cache, memoryBytes, hubEndpoint }: EngineSetup,
	{ onRuntime, onDownload }: OpenEngineOptions,
): Promise<Engine<SentInput>> {
	const found = await findModel(model, { hubEndpoint, onDownload });
	const checkpoint = await loadCheckpoint(found);
	const { config, preprocessor, tables } = checkpoint;
	const { name, revision, bundled } = found;
	const probes: RuntimeProbes = {
		lacksGpu: () => lacksGpu(device),
		isIsolated: globalThis.crossOriginIsolated,
		mostThreads,
		testGpu: () => testGpu(checkpoint),
	};
	const now = (): number => performance.now();
	const yieldTurn = createYield();
	const tokenStore = cache ? await openTokenStore() : undefined;

	const openOn = async (runtime: Runtime): Promise<Engine<SentInput>> => {
		onRuntime(runtime);
		const { env } = await loadOnnxruntime(runtime.provider, runtime.threads);
		const executionProvider = `${runtime.provider}, onnxruntime-web ${env.versions.web}`;
		return createEngine(
			{ name, digest: checkpoint.digest, revision, dtype, bundled, config, preprocessor, tables, executionProvider },
			{
				kernels: await loadKernels(),
				decoder: createDecoder(),
				networks: createNetworks(checkpoint, { dtype, runtime, now }),
				digest,
				now,
				yield: yieldTurn,
			},
			{ tokenStore, memoryBytes: cache ? memoryBytes : 0 },
		);
	};

	const runtime = await chooseRuntime(device, dtype, probes);
	if (runtime.threads > 1) {
		await testThreads(checkpoint, runtime.threads).catch((cause) => {
			throw new ThreadsFailed(cause);
		});
	}
	const engine = await openOn(runtime);
	return runtime.provider === "wasm"
		? engine
		: withFallback(engine, (reason) => openOn(onProcessor(`WebGPU failed: ${reason}`, { ...probes, mostThreads: 1 })));
}

/** Lets every message in that waits: by a message to oneself, for timers wait 4 ms. */
function createYield(): () => Promise<void> {
	const { port1, port2 } = new MessageChannel();
	const waiting: (() => void)[] = [];
	port1.onmessage = () => waiting.shift()?.();
	return () =>
		new Promise((resolve) => {
			waiting.push(resolve);
			port2.postMessage(undefined);
		});
}
