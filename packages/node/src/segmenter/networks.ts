import { performance } from "node:perf_hooks";
import { availableMemory } from "node:process";
import { disposed, type Warning } from "@dinoseg/core";
import type { Networks } from "@dinoseg/core/engine";
import type { NetworkVariant } from "@dinoseg/core/model";
import type { Dtype } from "@dinoseg/core/options";
import type { TemporaryNotes } from "../files/index.ts";
import { openOnCheckedWeights } from "../model/checked-weights.ts";
import type { InputSide, LoadedCheckpoint } from "../model/index.ts";
import { loadQuantised, type QuantisedCheckpoint } from "../model/int8.ts";
import { createNetworkPool, estimateMemory, fittingSessions, type NetworkPool } from "../session/index.ts";

export interface NetworksOptions {
	readonly dtype: Dtype;
	readonly device: string;
	/** Most sessions of one network. Fewer are opened if the free memory does not hold them. */
	readonly sessions: number;
	readonly threadsPerSession: number;
	/** The folder of all of dinoseg's caches, for weights in 8 bits. */
	readonly cacheFolder: string;
	/** As `NetworkWorkerOptions.exitState`. */
	readonly exitState: SharedArrayBuffer;
	/** Where half-written files are noted. */
	readonly temporaryFiles: TemporaryNotes;
}

/** Networks that are open at once. Each holds the model's weights. */
const MAX_NETWORKS = 2;

/** A network, the calls that use it, and what waits for their end. */
interface OpenNetwork {
	readonly pool: Promise<NetworkPool>;
	/** Known once the pool is. */
	readonly warnings: () => readonly Warning[];
	users: number;
	/** Called when the last user is through. */
	whenUnused: (() => void) | undefined;
}

/**
 * The networks of one model, each in worker threads of its own.
 *
 * A network is loaded when it is first needed, so pictures whose tokens are kept never wait for one. At most
 * {@link MAX_NETWORKS} are open: for a further one, that which was used least recently is closed after its last run.
 */
export function createNetworks(checkpoint: LoadedCheckpoint, options: NetworksOptions): Networks {
	/** By variant, in the order of their last use. */
	const open = new Map<string, OpenNetwork>();
	/** Every pool that was asked for and is not closed. */
	const pools = new Set<Promise<NetworkPool>>();
	let quantising: Promise<QuantisedCheckpoint> | undefined;
	let isClosed = false;

	/** The weights in 8 bits; their warnings go to the first that asks. */
	async function quantise(): Promise<{ checkpoint: QuantisedCheckpoint; warnings: readonly Warning[] }> {
		const isNew = quantising === undefined;
		const { cacheFolder, temporaryFiles } = options;
		quantising ??= loadQuantised(checkpoint, { cacheFolder, temporaryFiles });
		const quantised = await quantising.catch((error: unknown) => {
			// What failed once, for want of space for instance, may succeed later.
			quantising = undefined;
			throw error;
		});
		return { checkpoint: quantised, warnings: isNew ? quantised.warnings : [] };
	}

	async function load(
		variant: NetworkVariant,
		input: InputSide,
		replaced: OpenNetwork | undefined,
		warn: (warnings: readonly Warning[]) => void,
	): Promise<NetworkPool> {
		await (replaced && retire(replaced));
		const quantised = options.dtype === "int8" ? await quantise() : undefined;
		if (quantised) {
			warn(quantised.warnings);
		}
		// What writes a graph takes long to load, and pictures whose tokens are kept need none.
		const { buildNetworkGraph } = await import("@dinoseg/core/model/graph");
		if (isClosed) {
			throw disposed();
		}
		const perSession = estimateMemory(checkpoint.config, options.dtype, {
			...input,
			stride: variant.stride,
			sessions: 1,
		}).total;
		const weights = quantised?.checkpoint ?? checkpoint;
		return openOnCheckedWeights(weights, () =>
			createNetworkPool({
				graph: quantised
					? buildNetworkGraph(quantised.checkpoint, variant, quantised.checkpoint.quantised)
					: buildNetworkGraph(checkpoint, variant),
				folder: weights.folder,
				sessions: fittingSessions(options.sessions, perSession, availableMemory()),
				threadsPerSession: options.threadsPerSession,
				device: options.device,
				exitState: options.exitState,
			}),
		);
	}

	/** Close a network as soon as nobody uses it. */
	async function retire(network: OpenNetwork): Promise<void> {
		if (network.users > 0) {
			await new Promise<void>((resolve) => {
				network.whenUnused = resolve;
			});
		}
		await closePool(network.pool);
	}

	async function closePool(opening: Promise<NetworkPool>): Promise<void> {
		const pool = await opening.catch(() => undefined);
		await pool?.close();
		pools.delete(opening);
	}

	function find(variant: NetworkVariant, input: InputSide): { network: OpenNetwork; isNew: boolean } {
		const key = JSON.stringify([variant.facet, variant.layers, variant.stride]);
		const known = open.get(key);
		open.delete(key);
		if (known) {
			open.set(key, known);
			return { network: known, isNew: false };
		}
		const [oldest] = open.size < MAX_NETWORKS ? [] : open;
		if (oldest) {
			open.delete(oldest[0]);
		}
		let warnings: readonly Warning[] = [];
		const pool = load(variant, input, oldest?.[1], (found) => {
			warnings = found;
		});
		pools.add(pool);
		const network: OpenNetwork = { pool, warnings: () => warnings, users: 0, whenUnused: undefined };
		open.set(key, network);
		pool.catch(() => {
			pools.delete(pool);
			if (open.get(key) === network) {
				open.delete(key);
			}
		});
		return { network, isNew: true };
	}

	return {
		async run({ variant, pixels, width, height, places }, signal) {
			if (isClosed) {
				throw disposed();
			}
			const start = performance.now();
			const { network, isNew } = find(variant, { inputWidth: width, inputHeight: height });
			network.users += 1;
			try {
				const pool = await network.pool;
				const loadMs = isNew ? performance.now() - start : 0;
				const output = await pool.run({ pixels, shape: [1, 3, height, width], places, signal });
				return { ...output, loadMs, warnings: isNew ? network.warnings() : [] };
			} finally {
				network.users -= 1;
				if (network.users === 0) {
					network.whenUnused?.();
				}
			}
		},
		async dispose() {
			isClosed = true;
			await Promise.all([...pools].map(closePool));
			const quantised = await quantising?.catch(() => undefined);
			await quantised?.dispose();
		},
	};
}
