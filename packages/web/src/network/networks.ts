import { disposed, throwIfAborted } from "@dinoseg/core";
import type { NetworkInput, NetworkOutput, Networks } from "@dinoseg/core/engine";
import { type NetworkVariant, PIXELS_INPUT } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import type { Dtype } from "@dinoseg/core/options";
import type { LoadedCheckpoint } from "../model/load-checkpoint.ts";
import { openSession, type Session } from "./open-session.ts";
import { type QuantisedCheckpoint, quantiseWeights } from "./quantise-weights.ts";
import { loadOnnxruntime, type Runtime } from "./runtime.ts";

export interface NetworksOptions {
	readonly dtype: Dtype;
	readonly runtime: Pick<Runtime, "provider" | "threads">;
	/** A monotonic clock, milliseconds. */
	now(): number;
}

/** A network that is loaded, and which. */
interface OpenNetwork {
	readonly key: string;
	readonly session: Session;
}

/**
 * The networks of one model. Each is loaded when it is first needed; one is open at a time, for each holds the weights, and
 * pictures run one after the other.
 */
export function createNetworks(checkpoint: LoadedCheckpoint, { dtype, runtime, now }: NetworksOptions): Networks {
	let open: OpenNetwork | undefined;
	let quantising: Promise<QuantisedCheckpoint> | undefined;
	let last: Promise<unknown> = Promise.resolve();
	let isClosed = false;

	const load = async (variant: NetworkVariant): Promise<Session> => {
		const onnxruntime = await loadOnnxruntime(runtime.provider, runtime.threads);
		if (dtype === "fp32") {
			return openSession(onnxruntime, runtime.provider, buildNetworkGraph(checkpoint, variant), checkpoint.weights);
		}
		quantising ??= quantiseWeights(checkpoint);
		const { checkpoint: small, quantised, weights } = await quantising;
		return openSession(onnxruntime, runtime.provider, buildNetworkGraph(small, variant, quantised), weights);
	};

	const close = async (): Promise<void> => {
		const closing = open;
		open = undefined;
		await closing?.session.release();
	};

	const run = async ({ variant, pixels, width, height, places }: NetworkInput): Promise<NetworkOutput> => {
		if (isClosed) {
			throw disposed();
		}
		const key = JSON.stringify([variant.facet, variant.layers, variant.stride]);
		const start = now();
		const isNew = open?.key !== key;
		if (isNew) {
			await close();
			open = { key, session: await load(variant) };
		}
		const loadMs = isNew ? now() - start : 0;
		const { session } = open as OpenNetwork;
		const output = await session.run({ ...places, [PIXELS_INPUT]: { data: pixels, shape: [1, 3, height, width] } });
		return { ...output, loadMs, warnings: [] };
	};

	/** After all that was asked for before. */
	const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
		const turn = last.then(work, work);
		last = turn;
		return turn;
	};

	return {
		run: (input, signal) =>
			inTurn(async () => {
				throwIfAborted(signal);
				const output = await run(input);
				throwIfAborted(signal);
				return output;
			}),
		dispose() {
			isClosed = true;
			return inTurn(close);
		},
	};
}
