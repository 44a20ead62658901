import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { DEFAULT_MEMORY_BYTES } from "@dinoseg/core";
import type { RawPixels } from "@dinoseg/core/engine";
import { checkInteger, DinosegError } from "@dinoseg/core/errors";
import { DEFAULT_MODEL_OPTIONS } from "@dinoseg/core/options";
import { remoteEngine, type Sendable } from "@dinoseg/core/remote";
import { cacheFolder, DEFAULT_CACHE_BYTES } from "../cache/index.ts";
import { homeFolder } from "../files/home-folder.ts";
import { createTemporaryFiles } from "../files/index.ts";
import { resolveModel } from "../model/resolve-model.ts";
import { disableTelemetry } from "../session/telemetry.ts";
import { checkSegmenterOptions } from "./check-options.ts";
import type { NamedBytes } from "./decoder.ts";
import { startEngineThread } from "./engine-thread.ts";
import type { SentInput } from "./protocol.ts";
import type { Segmenter, SegmenterOptions, SegmentInput } from "./types.ts";

const COUNT_BOUNDS = { min: 1, max: 1024 };
const BYTE_BOUNDS = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** Where tokens and digests are kept unless a caller says otherwise. */
export function defaultCacheFolder(): string {
	return cacheFolder({ env: process.env, platform: process.platform, home: homeFolder() });
}

/**
 * Get a model ready to segment pictures, in a thread of its own: the caller's only posts and receives.
 *
 * A model of the hub is downloaded if it is not in the cache. The checkpoint is checked now; its weights are loaded at the first picture that is not in the token cache.
 *
 * @throws DinosegError OPTION_INVALID, MODEL_UNKNOWN, MODEL_FILE_MISSING, MODEL_CONFIG_INVALID, SAFETENSORS_INVALID, MODEL_TENSOR_INVALID;
 *   as `pullModel` for a model that has to be downloaded.
 */
export async function createSegmenter(options: SegmenterOptions = {}): Promise<Segmenter> {
	checkSegmenterOptions(options);
	const { model, dtype, device } = { ...DEFAULT_MODEL_OPTIONS, ...defined(options) };
	const { sessions = 1, cache = true, cacheBytes = DEFAULT_CACHE_BYTES, memoryBytes = DEFAULT_MEMORY_BYTES } = options;
	checkInteger("", "sessions", sessions, COUNT_BOUNDS);
	const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / sessions));
	checkInteger("", "threads", threads, COUNT_BOUNDS);
	checkInteger("", "cacheBytes", cacheBytes, BYTE_BOUNDS);
	checkInteger("", "memoryBytes", memoryBytes, BYTE_BOUNDS);
	// Here, because other threads have only a copy of the environment.
	disableTelemetry();
	const { link, ready, close } = await startEngineThread(
		{
			model: await resolveModel(model, options.hub),
			dtype,
			device,
			sessions,
			threads,
			cache,
			cacheFolder: options.cacheFolder ?? defaultCacheFolder(),
			cacheBytes,
			memoryBytes,
		},
		options.temporaryFiles ?? createTemporaryFiles(),
	);
	return remoteEngine({ link, ready, sendable, close });
}

/** What crosses to the thread, and the memory that goes with it: the caller keeps its own. */
function sendable(input: SegmentInput): Sendable<SentInput> {
	if (input instanceof URL) {
		return { sent: pathOfUrl(input), transfer: [] };
	}
	if (input instanceof ArrayBuffer || input instanceof Uint8Array) {
		const bytes = new Uint8Array(input instanceof ArrayBuffer ? input.slice(0) : input);
		return { sent: bytes, transfer: [bytes.buffer as ArrayBuffer] };
	}
	if (isNamedBytes(input)) {
		const bytes = new Uint8Array(input.bytes);
		return { sent: { name: input.name, bytes }, transfer: [bytes.buffer as ArrayBuffer] };
	}
	if (typeof input === "object" && input !== null && ArrayBuffer.isView(input.data)) {
		const { width, height, channels } = input as RawPixels;
		const data = input.data.slice();
		const pixels = { data, width, height, ...(channels === undefined ? {} : { channels }) };
		return { sent: pixels, transfer: [data.buffer as ArrayBuffer] };
	}
	if (typeof input !== "string") {
		throw new DinosegError(
			"OPTION_INVALID",
			"The picture must be a path, a file: URL, the bytes of a file as Uint8Array or ArrayBuffer, alone or as " +
				`{ name, bytes }, or pixels as { data, width, height }, got ${String(input)}.`,
			{ details: { option: "input", value: String(input) } },
		);
	}
	return { sent: input, transfer: [] };
}

function isNamedBytes(input: SegmentInput): input is NamedBytes {
	const { name, bytes } = (input ?? {}) as Partial<NamedBytes>;
	return typeof name === "string" && bytes instanceof Uint8Array;
}

function pathOfUrl(url: URL): string {
	if (url.protocol !== "file:") {
		throw new DinosegError(
			"OPTION_INVALID",
			`The picture's URL must begin with file:, got ${url.href}. Fetch it first and give its bytes.`,
			{ details: { option: "input", value: url.href } },
		);
	}
	return fileURLToPath(url);
}

/** Without what is explicitly not given. */
function defined<T extends object>(options: T): Partial<T> {
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
