/**
 * The thread in which a segmenter works. Started by `create-segmenter.ts`; exports nothing.
 *
 * It is never terminated while it has something to do: told to dispose, it frees its networks and runs out of work.
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { abortCheck, type SegmentationEvent } from "@dinoseg/core";
import type { CodebookFit } from "@dinoseg/core/codebook";
import { errorToJson } from "@dinoseg/core/errors";
import type { ResultOutput, SegmentResult } from "@dinoseg/core/result";
import type { SweepMap } from "@dinoseg/core/segment";
import { type FlaggedSignal, flaggedSignal } from "./cancel-flag.ts";
import { openEngine } from "./open-engine.ts";
import type { CallRequest, EngineReply, EngineRequest, EngineSetup, FitRequest } from "./protocol.ts";
import { type Parcel, packFiles, packPart, packPixels, packResult, packTokens, transferable } from "./transfer.ts";

const port = parentPort as MessagePort;
const setup = workerData as EngineSetup;
const signals = new Map<number, FlaggedSignal>();
/** Calls that are not answered. */
const running = new Set<Promise<void>>();
const sweeps = new Map<number, AsyncGenerator<SweepMap>>();

function reply(message: EngineReply, transfer: ArrayBuffer[] = []): void {
	port.postMessage(message, transfer);
}

/** Answer a request with what `work` makes, or with why it cannot. */
function answer(id: number, work: () => Promise<Parcel<Extract<EngineReply, { type: "done" }>["value"]>>): void {
	const answering = work()
		.then(({ value, transfer }) => reply({ type: "done", id, value }, transfer))
		.catch((error: unknown) => reply({ type: "failed", id, error: errorToJson(error) }))
		.finally(() => running.delete(answering));
	running.add(answering);
}

/** Run out of work. */
function end(): void {
	setup.files.close();
	port.close();
}

try {
	const engine = await openEngine(setup);

	/** How a request is followed and cancelled. */
	const follow = ({ id, tells, cancelled }: CallRequest | FitRequest) => {
		const signal = flaggedSignal(cancelled);
		signals.set(id, signal);
		return { signal, onEvent: tells ? (event: SegmentationEvent) => reply({ type: "event", id, event }) : undefined };
	};

	const call = async (request: CallRequest) => {
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
			const { value, transfer } = packResult(result, true);
			return { value: { result: value, choice }, transfer };
		} finally {
			if (!sweeps.has(id)) {
				signals.delete(id);
			}
		}
	};

	const render = async (result: SegmentResult, outputs: readonly ResultOutput[], signal: FlaggedSignal) => {
		// Those who want results load no writer of a format.
		const [{ renderOutputs }, { loadKernels }, { encodePng }] = await Promise.all([
			import("@dinoseg/core/result"),
			import("@dinoseg/kernels"),
			import("../image/encode.ts"),
		]);
		return renderOutputs(result, outputs, { encodePng, kernels: await loadKernels(), check: abortCheck(signal) });
	};

	const fit = async (request: FitRequest): Promise<Parcel<CodebookFit>> => {
		const { id, part, codebook } = request;
		try {
			const given = follow(request);
			return {
				value: await (codebook ? engine.update(codebook, part, given) : engine.fit(part, given)),
				transfer: [],
			};
		} finally {
			signals.delete(id);
		}
	};

	const nextMap = async (sweep: number): Promise<Parcel<{ readonly map: SweepMap | undefined }>> => {
		const next = await sweeps.get(sweep)?.next();
		if (next === undefined || next.done) {
			forget(sweep);
			return { value: { map: undefined }, transfer: [] };
		}
		return { value: { map: next.value }, transfer: transferable(next.value.labels.data) };
	};

	const forget = (sweep: number): void => {
		sweeps.delete(sweep);
		signals.delete(sweep);
	};

	port.on("message", (request: EngineRequest) => {
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
	});
	reply({ type: "ready", model: engine.model, kernels: engine.kernels });
} catch (error) {
	reply({ type: "broken", error: errorToJson(error) });
	end();
}
