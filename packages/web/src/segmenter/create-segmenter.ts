import { DEFAULT_MEMORY_BYTES } from "@dinoseg/core";
import type { RawPixels } from "@dinoseg/core/engine";
import { checkInteger, DinosegError } from "@dinoseg/core/errors";
import { DEFAULT_ENDPOINT, parseEndpoint } from "@dinoseg/core/hub";
import { checkOption, DEFAULT_MODEL_OPTIONS, type ModelOptions } from "@dinoseg/core/options";
import { type RemoteEngine, remoteEngine, type Sendable } from "@dinoseg/core/remote";
import type { EncodedInput, SentInput } from "../image/decoder.ts";
import type { DownloadListener } from "../model/fetch-model.ts";
import { DEVICES, type Device } from "../network/choose-runtime.ts";
import type { Runtime } from "../network/runtime.ts";
import { startEngineWorkers } from "./engine-workers.ts";
import type { EngineSetup } from "./protocol.ts";

/** What a segmenter takes about its network, and how it works. */
export interface SegmenterOptions extends Partial<Pick<ModelOptions, "dtype">> {
	/**
	 * `tiny`, which comes with dinoseg; the address of a folder of a server with `config.json` and `model.safetensors`; or a
	 * name of the Hugging Face hub, which is downloaded once. @default "tiny"
	 */
	readonly model?: string | URL;
	/** What networks run on. `auto`: WebGPU where it gives what WebAssembly does. @default "auto" */
	readonly device?: Device;
	/** Keep tokens in what the browser keeps for the origin, and in memory. @default true */
	readonly cache?: boolean;
	/**
	 * Bytes of tokens in memory, as many after PCA, and a quarter each of decoded pictures, of blurred ones and of
	 * clusterings. @default 64 MiB
	 */
	readonly memoryBytes?: number;
	/** Address of the hub. @default "https://huggingface.co" */
	readonly hubEndpoint?: string;
	/** Told what networks run on and why, before the first call and when it changes. */
	readonly onRuntime?: (runtime: Runtime) => void;
	/** Told how much of a model has arrived. */
	readonly onDownload?: DownloadListener;
}

/** A picture: a file of the page, its bytes, or pixels such as `ImageData`. */
export type SegmentInput = EncodedInput | RawPixels;

/** A model in a worker of its own, ready to segment pictures one after the other. */
export interface Segmenter extends RemoteEngine<EncodedInput> {
	/** What networks run on now, and why. */
	readonly runtime: Runtime;
}

const OPTION_KEYS: Readonly<Record<keyof SegmenterOptions, true>> = {
	model: true,
	dtype: true,
	device: true,
	cache: true,
	memoryBytes: true,
	hubEndpoint: true,
	onRuntime: true,
	onDownload: true,
};

/** More share the memory's bandwidth. */
const MOST_THREADS = 8;
const BYTE_BOUNDS = { min: 0, max: Number.MAX_SAFE_INTEGER };
/**
 * Get a model ready to segment pictures, in a worker of its own: the page only posts and receives.
 *
 * If the worker ends of itself, calls in progress fail with INTERNAL, and the next one starts another.
 *
 * @throws DinosegError OPTION_INVALID, MODEL_UNKNOWN, MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, SAFETENSORS_INVALID,
 *   MODEL_TENSOR_INVALID; HUB_* and CACHE_* for a model that has to be downloaded.
 */
export async function createSegmenter(options: SegmenterOptions = {}): Promise<Segmenter> {
	const setup = setupOf(options);
	const { onRuntime = () => undefined, onDownload = () => undefined } = options;
	let runtime: Runtime | undefined;
	const { link, close } = startEngineWorkers(setup, {
		onRuntime(found) {
			runtime = found;
			onRuntime(found);
		},
		onDownload,
	});
	const engine = remoteEngine<EncodedInput, SentInput>({ link, ready: await link.ready, sendable, close });
	return {
		...engine,
		get runtime() {
			return runtime as Runtime;
		},
	};
}

/** An option that does not exist is an error, never ignored: callers from JavaScript have no compiler to tell them. */
function setupOf(options: SegmenterOptions): EngineSetup {
	for (const key of Object.keys(options)) {
		if (!Object.hasOwn(OPTION_KEYS, key)) {
			throw invalidOption(key, `unknown option "${key}". Known are ${Object.keys(OPTION_KEYS).join(", ")}.`);
		}
	}
	const {
		model = DEFAULT_MODEL_OPTIONS.model,
		device = "auto",
		cache = true,
		hubEndpoint = DEFAULT_ENDPOINT,
	} = options;
	const { memoryBytes = DEFAULT_MEMORY_BYTES, dtype = DEFAULT_MODEL_OPTIONS.dtype } = options;
	checkOption("model", String(model));
	checkOption("dtype", dtype);
	checkInteger("", "memoryBytes", memoryBytes, BYTE_BOUNDS);
	if (!DEVICES.includes(device)) {
		throw invalidOption("device", `device must be one of ${DEVICES.join(", ")}, got ${String(device)}.`);
	}
	if (typeof cache !== "boolean") {
		throw invalidOption("cache", `cache must be true or false, got ${String(cache)}.`);
	}
	const mostThreads = Math.max(1, Math.min(navigator.hardwareConcurrency, MOST_THREADS));
	return {
		model: String(model),
		dtype,
		device,
		mostThreads,
		cache,
		memoryBytes,
		hubEndpoint: parseEndpoint(hubEndpoint, "hubEndpoint"),
	};
}

function invalidOption(option: string, message: string): DinosegError {
	return new DinosegError("OPTION_INVALID", message, { details: { option } });
}

/** The caller keeps its own memory. */
function sendable(input: SegmentInput): Sendable<SentInput> {
	if (input instanceof Blob) {
		return { sent: input, transfer: [] };
	}
	if (input instanceof ArrayBuffer || input instanceof Uint8Array) {
		const bytes = new Uint8Array(input instanceof ArrayBuffer ? input.slice(0) : input);
		return { sent: bytes, transfer: [bytes.buffer as ArrayBuffer] };
	}
	if (typeof input === "object" && input !== null && ArrayBuffer.isView(input.data)) {
		const { width, height, channels } = input;
		const { colorSpace = "srgb" } = input as { readonly colorSpace?: string };
		if (colorSpace !== "srgb") {
			throw invalidOption("input", `ImageData must be in the color space srgb, got ${colorSpace}.`);
		}
		const data = input.data.slice();
		const pixels = { data, width, height, ...(channels === undefined ? {} : { channels }) };
		return { sent: pixels, transfer: [data.buffer as ArrayBuffer] };
	}
	throw new DinosegError(
		"OPTION_INVALID",
		"The picture must be a File or Blob, the bytes of a file as Uint8Array or ArrayBuffer, or pixels as ImageData or " +
			`{ data, width, height }, got ${String(input)}. Fetch an address first, and give its blob.`,
		{ details: { option: "input", value: String(input) } },
	);
}
