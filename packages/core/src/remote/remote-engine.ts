import { throwIfAborted } from "../abort.ts";
import type { Codebook, CodebookFit, CodebookPart } from "../codebook/index.ts";
import { disposed, resolveForModel } from "../engine/calls.ts";
import type { CancelSignal, DecodedImage, Engine, RawPixels, SegmentCallOptions } from "../engine/index.ts";
import { DinosegError, isDinosegError } from "../errors/index.ts";
import type { SegmentationListener } from "../events.ts";
import { checkSweepRange } from "../options/index.ts";
import type { ExportedResult, ResultOutput } from "../result/index.ts";
import type { SweepMap } from "../segment/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import type { EngineLink } from "./engine-link.ts";
import type { CallRequest, EngineReady, FitRequest, SentMap, SentResult, SentSweep } from "./protocol.ts";
import { unpackResult } from "./transfer.ts";

/** An engine that works in a thread of its own. */
export interface RemoteEngine<Input> extends Engine<Input> {
	/**
	 * Segment one picture and make files of the result, all in the engine's thread.
	 *
	 * @returns the files in the order of `outputs`.
	 * @throws DinosegError as `segment` and `renderOutputs`
	 */
	render(
		input: Input | RawPixels,
		outputs: readonly ResultOutput[],
		options?: SegmentCallOptions,
	): Promise<readonly ExportedResult[]>;
	/** As `dispose`. */
	[Symbol.asyncDispose](): Promise<void>;
}

/** A picture as it crosses to the thread of an engine, and the memory that goes with it: the caller keeps its own. */
export interface Sendable<Sent> {
	readonly sent: Sent | RawPixels;
	readonly transfer: ArrayBuffer[];
}

export interface RemoteEngineOptions<Input, Sent> {
	readonly link: EngineLink<Sent>;
	/** What `link.ready` gave. */
	readonly ready: EngineReady;
	/** @throws DinosegError OPTION_INVALID for what is no picture. */
	sendable(input: Input | RawPixels): Sendable<Sent>;
	/** Let the thread finish, free what it holds, and wait for its end. */
	close(): Promise<void>;
}

/** The engine that another thread serves by `serveEngine`: the caller's only posts and receives. */
export function remoteEngine<Input, Sent>({
	link,
	ready: { model, kernels },
	sendable,
	close,
}: RemoteEngineOptions<Input, Sent>): RemoteEngine<Input> {
	let closing: Promise<void> | undefined;
	const dispose = (): Promise<void> => {
		closing ??= close();
		return closing;
	};

	const call = async <T>(
		method: CallRequest<Sent>["method"],
		input: Input | RawPixels,
		{ signal, onEvent, ...options }: SegmentCallOptions,
		given: Pick<CallRequest<Sent>, "range" | "codebook" | "beside" | "outputs"> = {},
	): Promise<{ readonly run: Run; readonly value: T }> => {
		if (closing !== undefined) {
			throw disposed();
		}
		throwIfAborted(signal);
		resolveForModel(model.config, options);
		const { sent, transfer } = sendable(input);
		const run = startRun(link, signal, onEvent);
		const question = { type: "call", method, input: sent, options, ...given, ...run.question } as const;
		return { run, value: (await run.finish(link.ask(run.id, question, transfer))) as T };
	};

	const fit = async (
		request: Pick<FitRequest, "part" | "codebook">,
		{ signal, onEvent }: Pick<SegmentCallOptions, "signal" | "onEvent">,
	): Promise<CodebookFit> => {
		if (closing !== undefined) {
			throw disposed();
		}
		throwIfAborted(signal);
		const run = startRun(link, signal, onEvent);
		const value = await run.finish(link.ask(run.id, { type: "fit", ...request, ...run.question }));
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
			return { result: unpackResult(value.result), range, choice: value.choice, maps: () => mapsOf(link, run) };
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
async function* mapsOf<Sent>(link: EngineLink<Sent>, run: Run): AsyncGenerator<SweepMap> {
	try {
		while (true) {
			const answer = await run.finish(link.ask(link.nextId(), { type: "map", sweep: run.id }));
			const { map } = answer as SentMap;
			if (map === undefined) {
				return;
			}
			yield map;
		}
	} finally {
		link.tell({ type: "forget", sweep: run.id });
		run.end();
	}
}

/** A call while it can be followed and cancelled. */
interface Run {
	readonly id: number;
	/** What the thread is told about it. */
	readonly question: Pick<CallRequest<never>, "tells" | "cancelled">;
	/** The answer, unless the signal was fired or the listener failed: what they say comes first. */
	finish(answer: Promise<unknown>): Promise<unknown>;
	/** Nothing more is asked. */
	end(): void;
}

function startRun<Sent>(
	link: EngineLink<Sent>,
	signal: CancelSignal | undefined,
	onEvent: SegmentationListener | undefined,
): Run {
	const id = link.nextId();
	const cancelled = sharedFlag();
	let failure: { readonly error: unknown } | undefined;
	const cancel = (): void => {
		if (cancelled !== undefined) {
			Atomics.store(new Int32Array(cancelled), 0, 1);
		}
		link.tell({ type: "cancel", id });
	};
	signal?.addEventListener("abort", cancel, { once: true });
	if (onEvent !== undefined) {
		link.listen(id, (event) => {
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
		link.forget(id);
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

/** One int32 that both threads see. A page has none unless it is isolated from those of other origins. */
function sharedFlag(): SharedArrayBuffer | undefined {
	return typeof SharedArrayBuffer === "undefined" ? undefined : new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}
