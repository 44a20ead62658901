import { abortCheck } from "../abort.ts";
import type { CodebookFit } from "../codebook/index.ts";
import type { Engine } from "../engine/index.ts";
import { DinosegError, errorToJson } from "../errors/index.ts";
import type { SegmentationEvent } from "../events.ts";
import type { RenderOutputOptions, ResultOutput, SegmentResult } from "../result/index.ts";
import type { SweepMap } from "../segment/index.ts";
import { type FlaggedSignal, flaggedSignal } from "./cancel-flag.ts";
import type { CallRequest, EngineAnswer, EngineReply, EngineRequest, FitRequest, SentMap } from "./protocol.ts";
import { type Parcel, packFiles, packPart, packPixels, packResult, packTokens, transferable } from "./transfer.ts";

export interface ServeEngineOptions {
	/** Give a message to the other thread, and memory that it owns from then on. */
	reply(message: EngineReply, transfer: ArrayBuffer[]): void;
	/** Makes PNG files. Loaded when a call of `render` comes. */
	encodePng(): Promise<RenderOutputOptions["encodePng"]>;
	/** Loaded when a call of `render` comes. */
	kernels(): Promise<NonNullable<RenderOutputOptions["kernels"]>>;
	/** Called once the engine is disposed of: nothing more comes. */
	end(): void;
	/** Whether memory may be given away. @default all that is whole may */
	isTransferable?(memory: ArrayBufferLike): boolean;
}

/**
 * Answer what another thread asks of an engine, by `remoteEngine`.
 *
 * @returns what takes its requests.
 */
export function serveEngine<Sent>(
	engine: Engine<Sent>,
	{ reply, encodePng, kernels, end, isTransferable = () => true }: ServeEngineOptions,
): (request: EngineRequest<Sent>) => void {
	const signals = new Map<number, FlaggedSignal>();
	/** Calls that are not answered. */
	const running = new Set<Promise<void>>();
	const sweeps = new Map<number, AsyncGenerator<SweepMap>>();

	/** Answer a request with what `work` makes, or with why it cannot. */
	const answer = (id: number, work: () => Promise<Parcel<EngineAnswer>>): void => {
		const answering = work()
			.then(({ value, arrays }) => reply({ type: "done", id, value }, transferable(arrays, isTransferable)))
			.catch((error: unknown) => reply({ type: "failed", id, error: errorToJson(error) }, []))
			.finally(() => running.delete(answering));
		running.add(answering);
	};

	/** How a request is followed and cancelled. */
	const follow = ({ id, tells, cancelled }: CallRequest<Sent> | FitRequest) => {
		const signal = flaggedSignal(cancelled);
		signals.set(id, signal);
		const tell = (event: SegmentationEvent) => reply({ type: "event", id, event }, []);
		return { signal, onEvent: tells ? tell : undefined };
	};

	const call = async (request: CallRequest<Sent>): Promise<Parcel<EngineAnswer>> => {
		const { id, method, input, range, codebook, beside, outputs, options } = request;
		const given = { ...options, ...follow(request) };
		try {
			if (method === "decode") {
				return packPixels(await engine.decode(input, given));
			}
			if (method === "features") {
				return packTokens(await engine.features(input, given));
			}
			if (method === "summarise") {
				return packPart(await engine.summarise(input, given));
			}
			if (codebook !== undefined) {
				return packResult(await engine.apply(input, codebook, { ...given, beside }), false);
			}
			if (outputs !== undefined) {
				return packFiles(await render(await engine.segment(input, given), outputs, given.signal));
			}
			if (method === "segment" || range === undefined) {
				return packResult(await engine.segment(input, given), false);
			}
			const { result, choice, maps } = await engine.sweep(input, range, given);
			sweeps.set(id, maps());
			const { value, arrays } = packResult(result, true);
			return { value: { result: value, choice }, arrays };
		} finally {
			if (!sweeps.has(id)) {
				signals.delete(id);
			}
		}
	};

	const render = async (result: SegmentResult, outputs: readonly ResultOutput[], signal: FlaggedSignal) => {
		// Those who want results load no writer of a format.
		const { renderOutputs } = await import("../result/render-outputs.ts");
		const options = { encodePng: await encodePng(), kernels: await kernels(), check: abortCheck(signal) };
		return renderOutputs(result, outputs, options);
	};

	const fit = async (request: FitRequest): Promise<Parcel<CodebookFit>> => {
		const { id, part, codebook } = request;
		try {
			const given = follow(request);
			const value = await (codebook ? engine.update(codebook, part, given) : engine.fit(part, given));
			return { value, arrays: [] };
		} finally {
			signals.delete(id);
		}
	};

	const nextMap = async (sweep: number): Promise<Parcel<SentMap>> => {
		const maps = sweeps.get(sweep);
		if (maps === undefined) {
			throw new DinosegError("DISPOSED", "The thread that made this sweep has ended. Call sweep again.");
		}
		const next = await maps.next();
		if (next.done) {
			forget(sweep);
			return { value: { map: undefined }, arrays: [] };
		}
		return { value: { map: next.value }, arrays: [next.value.labels.data] };
	};

	const forget = (sweep: number): void => {
		sweeps.delete(sweep);
		signals.delete(sweep);
	};

	reply({ type: "ready", model: engine.model, kernels: engine.kernels }, []);
	return (request) => {
		switch (request.type) {
			case "call":
				return answer(request.id, () => call(request));
			case "fit":
				return answer(request.id, () => fit(request));
			case "cancel":
				return signals.get(request.id)?.fire();
			case "map":
				return answer(request.id, () => nextMap(request.sweep));
			case "forget":
				return forget(request.sweep);
			case "dispose":
				return void Promise.all(running)
					.then(() => engine.dispose())
					.finally(end);
			default:
				return request satisfies never;
		}
	};
}
