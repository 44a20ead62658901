import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import {
	DEFAULT_MEMORY_BYTES,
	disposed,
	resolveForModel,
	type SegmentationListener,
	throwIfAborted,
} from "@dinoseg/core";
import type { Codebook, CodebookFit, CodebookPart } from "@dinoseg/core/codebook";
import type { CancelSignal, DecodedImage, RawPixels, SegmentCallOptions } from "@dinoseg/core/engine";
import { checkInteger, DinosegError, isDinosegError } from "@dinoseg/core/errors";
import { checkSweepRange, DEFAULT_MODEL_OPTIONS } from "@dinoseg/core/options";
import type { ExportedResult } from "@dinoseg/core/result";
import type { SweepMap } from "@dinoseg/core/segment";
import type { TokenGrid } from "@dinoseg/core/tensor";
import { cacheFolder, DEFAULT_CACHE_BYTES } from "../cache/index.ts";
import { homeFolder } from "../files/home-folder.ts";
import { createTemporaryFiles } from "../files/index.ts";
import { resolveModel } from "../model/resolve-model.ts";
import { disableTelemetry } from "../session/telemetry.ts";
import { checkSegmenterOptions } from "./check-options.ts";
import type { NamedBytes } from "./decoder.ts";
import { type EngineThread, startEngineThread } from "./engine-thread.ts";
import type { CallRequest, FitRequest, SentInput, SentMap, SentResult, SentSweep } from "./protocol.ts";
import { unpackResult } from "./transfer.ts";
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
	const thread = await startEngineThread(
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
	return segmenterOf(thread);
}

function segmenterOf(thread: EngineThread): Segmenter {
	const { model, kernels } = thread.ready;
	let closing: Promise<void> | undefined;
	const dispose = (): Promise<void> => {
		closing ??= thread.close();
		return closing;
	};

	const call = async <T>(
		method: CallRequest["method"],
		input: SegmentInput,
		{ signal, onEvent, ...options }: SegmentCallOptions,
		given: Pick<CallRequest, "range" | "codebook" | "beside" | "outputs"> = {},
	): Promise<{ readonly run: Run; readonly value: T }> => {
		if (closing !== undefined) {
			throw disposed();
		}
		throwIfAborted(signal);
		resolveForModel(model.config, options);
		const { sent, transfer } = sendable(input);
		const run = startRun(thread, signal, onEvent);
		const question = { type: "call", method, input: sent, options, ...given, ...run.question } as const;
		return { run, value: (await run.finish(thread.ask(run.id, question, transfer))) as T };
	};

	const fit = async (
		request: Pick<FitRequest, "part" | "codebook">,
		{ signal, onEvent }: Pick<SegmentCallOptions, "signal" | "onEvent">,
	): Promise<CodebookFit> => {
		if (closing !== undefined) {
			throw disposed();
		}
		throwIfAborted(signal);
		const run = startRun(thread, signal, onEvent);
		const value = await run.finish(thread.ask(run.id, { type: "fit", ...request, ...run.question }));
		run.end();
		return value as CodebookFit;
	};

	return {
		model,
		kernels,
		validate(options) {
			resolveForModel(model.config, options);
		},
		async segment(input, options = {}) {
			const { run, value } = await call<SentResult>("segment", input, options);
			run.end();
			return unpackResult(value);
		},
		async sweep(input, range, options = {}) {
			checkSweepRange("range", range);
			const { run, value } = await call<SentSweep>("sweep", input, options, { range });
			return { result: unpackResult(value.result), range, choice: value.choice, maps: () => mapsOf(thread, run) };
		},
		async render(input, outputs, options = {}) {
			const { run, value } = await call<readonly ExportedResult[]>("render", input, options, { outputs });
			run.end();
			return value;
		},
		async decode(input, options = {}) {
			const { run, value } = await call<DecodedImage>("decode", input, options);
			run.end();
			return value;
		},
		async features(input, options = {}) {
			const { run, value } = await call<TokenGrid>("features", input, options);
			run.end();
			return value;
		},
		async apply(input, codebook, { beside = [], ...options } = {}) {
			const { summary: _, ...clusters } = codebook as Codebook;
			const frames = beside.map(({ input: frame, page }) => ({ input: sendable(frame).sent, page }));
			const { run, value } = await call<SentResult>("apply", input, options, { codebook: clusters, beside: frames });
			run.end();
			return unpackResult(value);
		},
		async summarise(input, options = {}) {
			const { run, value } = await call<CodebookPart>("summarise", input, options);
			run.end();
			return value;
		},
		fit: (part, options = {}) => fit({ part }, options),
		update: (codebook, part, options = {}) => fit({ codebook, part }, options),
		dispose,
		[Symbol.asyncDispose]: dispose,
	};
}

/** Ask for the maps of a sweep, one after the other. */
async function* mapsOf(thread: EngineThread, run: Run): AsyncGenerator<SweepMap> {
	try {
		while (true) {
			const answer = await run.finish(thread.ask(thread.nextId(), { type: "map", sweep: run.id }));
			const { map } = answer as SentMap;
			if (map === undefined) {
				return;
			}
			yield map;
		}
	} finally {
		thread.tell({ type: "forget", sweep: run.id });
		run.end();
	}
}

/** A call while it can be followed and cancelled. */
interface Run {
	readonly id: number;
	/** What the thread is told about it. */
	readonly question: Pick<CallRequest, "tells" | "cancelled">;
	/** The answer, unless the signal was fired or the listener failed: what they say comes first. */
	finish(answer: Promise<unknown>): Promise<unknown>;
	/** Nothing more is asked. */
	end(): void;
}

function startRun(
	thread: EngineThread,
	signal: CancelSignal | undefined,
	onEvent: SegmentationListener | undefined,
): Run {
	const id = thread.nextId();
	const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
	let failure: { readonly error: unknown } | undefined;
	const cancel = (): void => {
		Atomics.store(new Int32Array(cancelled), 0, 1);
		thread.tell({ type: "cancel", id });
	};
	signal?.addEventListener("abort", cancel, { once: true });
	if (onEvent !== undefined) {
		thread.listen(id, (event) => {
			try {
				onEvent(event);
			} catch (error) {
				failure ??= { error };
				cancel();
			}
		});
	}
	const end = (): void => {
		signal?.removeEventListener("abort", cancel);
		thread.forget(id);
	};
	return {
		id,
		question: { tells: onEvent !== undefined, cancelled },
		async finish(answer) {
			try {
				const value = await answer;
				if (failure === undefined) {
					return value;
				}
			} catch (error) {
				end();
				if (failure === undefined) {
					const isAborted = isDinosegError(error) && error.code === "ABORTED";
					throw isAborted ? new DinosegError("ABORTED", error.message, { cause: signal?.reason }) : error;
				}
			}
			end();
			throw failure.error;
		},
		end,
	};
}

/** What crosses to the thread, and the memory that goes with it: the caller keeps its own. */
function sendable(input: SegmentInput): { readonly sent: SentInput; readonly transfer: ArrayBuffer[] } {
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
