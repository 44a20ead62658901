import { performance } from "node:perf_hooks";
import { availableMemory } from "node:process";
import { buildNetworkGraph, DinosegError, type Dtype, type NetworkVariant, type Warning } from "@dinoseg/core";
import type { TemporaryFiles } from "../files/index.ts";
import type { InputSide, LoadedCheckpoint } from "../model/index.ts";
import { loadQuantised, type QuantisedCheckpoint } from "../model/int8.ts";
import { createNetworkPool, estimateMemory, fittingSessions, type NetworkPool } from "../session/index.ts";

export interface LazyNetworksOptions {
	readonly dtype: Dtype;
	readonly device: string;
	/** Most sessions of one network. Fewer are opened if the free memory does not hold them. */
	readonly sessions: number;
	readonly threadsPerSession: number;
	/** The folder of all of dinoseg's caches, for weights in 8 bits. */
	readonly cacheFolder: string;
	/** Where half-written files are noted. */
	readonly temporaryFiles: TemporaryFiles;
}

/**
 * The networks of one model: each variant (facet, layers, stride) is a graph of its own.
 *
 * A network is loaded when it is first needed, so pictures with cached tokens never wait for one. At most
 * {@link MAX_NETWORKS} are open: for a further one, that which was used least recently is closed after its last run.
 */
export interface LazyNetworks {
	/**
	 * Use the network of a variant; it stays open until `work` has settled.
	 *
	 * @throws DinosegError DISPOSED, MODEL_RUN_FAILED; OUTPUT_UNWRITABLE, MODEL_TENSOR_INVALID when weights are quantised
	 */
	use<T>(variant: NetworkVariant, input: InputSide, work: (ready: ReadyNetwork) => Promise<T>): Promise<T>;
	/** Wait for the runs in progress and free all networks. */
	close(): Promise<void>;
}

/** A network for one call. */
export interface ReadyNetwork {
	readonly network: NetworkPool;
	/** Milliseconds that getting it ready took now; 0 if it was. */
	readonly loadMs: number;
	/** About getting it ready now. */
	readonly warnings: readonly Warning[];
}

/** Networks that are open at once. Each holds the model's weights. */
export const MAX_NETWORKS = 2;

/** A network, the calls that use it, and what waits for their end. */
interface OpenNetwork {
	readonly pool: Promise<NetworkPool>;
	/** Known once the pool is. */
	readonly warnings: () => readonly Warning[];
	users: number;
	/** Called when the last user is through. */
	whenUnused: (() => void) | undefined;
}

export function createLazyNetworks(checkpoint: LoadedCheckpoint, options: LazyNetworksOptions): LazyNetworks {
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
		if (isClosed) {
			throw disposed();
		}
		const perSession = estimateMemory(checkpoint.config, options.dtype, {
			...input,
			stride: variant.stride,
			sessions: 1,
		}).total;
		return createNetworkPool({
			graph: quantised
				? buildNetworkGraph(quantised.checkpoint, variant, quantised.checkpoint.quantised)
				: buildNetworkGraph(checkpoint, variant),
			folder: (quantised?.checkpoint ?? checkpoint).folder,
			sessions: fittingSessions(options.sessions, perSession, availableMemory()),
			threadsPerSession: options.threadsPerSession,
			device: options.device,
		});
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
		async use(variant, input, work) {
			if (isClosed) {
				throw disposed();
			}
			const start = performance.now();
			const { network, isNew } = find(variant, input);
			network.users += 1;
			try {
				const pool = await network.pool;
				return await work({
					network: pool,
					loadMs: isNew ? performance.now() - start : 0,
					warnings: isNew ? network.warnings() : [],
				});
			} finally {
				network.users -= 1;
				if (network.users === 0) {
					network.whenUnused?.();
				}
			}
		},
		async close() {
			isClosed = true;
			await Promise.all([...pools].map(closePool));
			const quantised = await quantising?.catch(() => undefined);
			await quantised?.dispose();
		},
	};
}

function disposed(): DinosegError {
	return new DinosegError("DISPOSED", "This segmenter was disposed. Create a new one.");
}
