import type { ModelConfig } from "@dinoseg/core/model";
import type { Dtype } from "@dinoseg/core/options";
import { tokenGridSize } from "@dinoseg/core/tensor";

/** What decides the memory besides the model. */
export interface MemoryOptions {
	/** Sessions that are open at once. */
	readonly sessions: number;
	/** Size of the network's input, pixels. */
	readonly inputWidth: number;
	readonly inputHeight: number;
	/** Step between patches, input pixels. @default one patch */
	readonly stride?: number;
	/** Pictures in one run. @default 1 */
	readonly batch?: number;
}

/** Bytes that a network takes, beyond what a process without one has. */
export interface MemoryEstimate {
	/** Weights as onnxruntime holds them, of one session. */
	readonly weights: number;
	/** Buffers of one run, of one session. */
	readonly activations: number;
	/** Of all sessions. */
	readonly total: number;
}

const BYTES: Readonly<Record<Dtype, number>> = { fp32: 4, int8: 1 };
const FLOAT_BYTES = 4;
/** onnxruntime itself, once. */
const LIBRARY_BYTES = 40 * 2 ** 20;
/** Thread stacks and the worker's own heap, of one session. */
const SESSION_BYTES = 24 * 2 ** 20;
/**
 * Buffers (tokens, hidden) at the peak of a block, besides the feed-forward part's: residual, normalised, query, key,
 * value, their copies by head, mixed, projected (10), and what onnxruntime's arena holds between them, as measured.
 */
const TOKEN_BUFFERS = 20;
/** Buffers (tokens, feed-forward width) that live together: before and after the activation; SwiGLU has two halves more. */
const FEED_FORWARD_BUFFERS = { gelu: 2, swiglu: 4 } as const;

/**
 * The memory that a network needs at its peak, bytes: an estimate from above.
 *
 * Formula, P the patch, D the hidden size, F the feed-forward width, L the depth, T = batch * (1 + registers + patches):
 *
 *     weights     = bytes per weight * (L * (4 D^2 + c D F) + 3 P^2 D), c = 2 for GELU, 3 for SwiGLU
 *     activations = 4 * (T * (20 D + f F) + batch * (3 W H + patches * 3 P^2)), f = 2 for GELU, 4 for SwiGLU
 *     total       = 40 MiB + sessions * (weights + activations + 24 MiB)
 *
 * Attention adds nothing that grows with the square of the tokens, because onnxruntime computes it in blocks. Weights of
 * 16 bits are widened when they are loaded and so count as fp32. Sessions share nothing but the library. Measured peaks
 * are 0.75 to 1.0 of the estimate (docs/adr/0006-sessions.md).
 */
export function estimateMemory(config: ModelConfig, dtype: Dtype, options: MemoryOptions): MemoryEstimate {
	const { hiddenSize, mlp, mlpSize, layers, patchSize, registers } = config;
	const { sessions, inputWidth, inputHeight, stride = patchSize, batch = 1 } = options;
	const matrices = layers * (4 * hiddenSize ** 2 + (mlp === "gelu" ? 2 : 3) * hiddenSize * mlpSize);
	const projection = 3 * patchSize ** 2;
	const weights = BYTES[dtype] * matrices + FLOAT_BYTES * projection * hiddenSize;
	const { rows, cols } = tokenGridSize({ width: inputWidth, height: inputHeight }, patchSize, stride);
	const patches = rows * cols;
	const tokens = batch * (1 + registers + patches);
	const blocks = tokens * (TOKEN_BUFFERS * hiddenSize + FEED_FORWARD_BUFFERS[mlp] * mlpSize);
	const embedding = batch * (3 * inputWidth * inputHeight + patches * projection);
	const activations = FLOAT_BYTES * (blocks + embedding);
	return { weights, activations, total: LIBRARY_BYTES + sessions * (weights + activations + SESSION_BYTES) };
}

/** Share of the free memory that sessions may take. */
const USABLE_SHARE = 0.8;

/**
 * How many of the sessions that are asked for fit in the memory that is free.
 *
 * @param available bytes that are free now.
 * @returns at least 1.
 */
export function fittingSessions(asked: number, perSession: number, available: number): number {
	return Math.max(1, Math.min(asked, Math.floor((USABLE_SHARE * available) / perSession)));
}
